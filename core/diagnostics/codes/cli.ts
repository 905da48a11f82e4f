export const cliCodes = {
  SL900: {
    title: 'Internal error',
    help: 'Sluice met a state that it does not expect: a bug. Run again with `--debug` to see where, and report it with the output.',
  },
  SL901: {
    title: 'Unknown command',
    help: 'The first word after `sluice` is not a command. `sluice --help` lists them all.',
  },
  SL902: {
    title: 'Unknown option',
    help: 'The command does not have this option. `sluice COMMAND --help` lists those that it has; global options work with every command.',
  },
  SL903: {
    title: 'Bad value of an option',
    help: 'The value does not have the form that the option needs, for example `--threads four` or `--now yesterday`. It may also come from the `SLUICE_…` environment variable of the option.',
  },
  SL904: {
    title: 'Wrong arguments',
    help: 'An argument or the value of an option is missing, or there is one too many. `sluice COMMAND --help` shows what the command takes.',
  },
  SL905: {
    title: 'Options that exclude each other',
    help: 'Two options ask for different things, for example `--partition` and `--from`. Keep one of them.',
  },
  SL906: {
    title: 'Unknown output format',
    help: '`--output` names a format that this command does not print. Every command has `json`; `sluice COMMAND --help` lists the others.',
  },
  SL907: {
    title: 'The folder is not empty',
    help: '`sluice init` writes a new project and refuses a folder that holds something already. With `--force` it adds the files that are not there, and still overwrites none.',
  },
  SL908: {
    title: 'Unknown dialect',
    help: '`sluice parse --dialect` takes the name of an engine or of a dialect for which there is a parser. The message lists them.',
  },
  SL909: {
    title: 'A file cannot be read or written',
    help: 'The operating system refused the file that was named on the command line: it does not exist, is a folder, or its permissions forbid it.',
  },
  SL910: {
    title: 'Nothing is published yet',
    help: 'The command reads what is published, and the relation has never been built on this target. Run it first, or look at another target.',
  },
  SL912: {
    title: 'The range is empty',
    help: '`--partition`, `--from` and `--to` name a time in which no selected model has a partition: before its `start` or after its `end`, or shorter than a partition. Nothing was left undone.',
  },
  SL915: {
    title: 'Unknown pool',
    help: '`--pool` names a pool that sluice.yml does not declare under `pools`.',
  },
  SL911: {
    title: 'One relation is needed',
    help: '`sluice show` prints the rows of one model, seed or source. The name that was given stands for none or for several.',
  },
} as const
