import type { NodeState } from '../../core/docs/api.ts'

/** What to type next for a partition, without the program's name; undefined: there is nothing to do. */
export function partitionCommand(
  model: string,
  key: string,
  state: NodeState,
): { readonly why: string; readonly text: string } | undefined {
  const run = `run --select ${shellWord(model)} --partition ${shellWord(key)}`
  switch (state) {
    case 'missing':
    case 'late':
      return { why: 'To build it', text: run }
    case 'stale':
      return { why: 'To renew it', text: run }
    case 'failed':
      return { why: 'To try it again', text: run }
    case 'blocked':
      return { why: 'To build it with what it needs', text: `${run} --upstream build` }
    case 'drifted':
      return { why: 'It counts as fresh. To renew it anyway', text: `${run} --force` }
    case 'running':
    case 'fresh':
    case 'none':
    case 'unknown':
      return undefined
  }
}

/** One word for a POSIX shell, in quotes if it needs them. */
export function shellWord(text: string): string {
  return /^[\w.:@%+,/=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
