/** SL930–SL934: reports for other programs. */
export const reportCodes = {
  SL930: {
    title: 'A report cannot be written',
    help: 'The file of `--report FORMAT=FILE` cannot be written: a part of its path is no folder, permissions forbid it, or the disk is full. What the command found is not affected; its output was printed before.',
  },
} as const
