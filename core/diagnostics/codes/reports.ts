/** SL930–SL934: reports for other programs. */
export const reportCodes = {
  SL930: {
    title: 'A report cannot be written',
    help: 'The file of `--report FORMAT=FILE` cannot be written: a part of its path is no folder, permissions forbid it, or the disk is full. What the command found is not affected; its output was printed before.',
  },
  SL931: {
    title: 'A command was interrupted',
    help: 'Ctrl-C, or whoever ended the job, stopped the command before it could tell what it was to tell. Its reports say so, so that nobody takes those of an earlier run for the answer. Run it again.',
  },
  SL932: {
    title: 'A check does not hold',
    help: 'A check found in published rows what it should not have. With severity `error` it keeps rows from being published: here they were published before the check was there, or changed since. `sluice check` shows some of the rows.',
  },
} as const
