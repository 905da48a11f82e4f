export const cliCodes = {
  SL900: {
    title: 'Internal error',
    help: 'Sluice met a state that it does not expect: a bug. Run again with `--debug` to see where, and report it with the output.',
  },
} as const
