import type { CompiledRelation } from '../../core/compile/compiled.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { partitionOf } from '../../core/time/layout.ts'
import { instantsOf } from '../../core/time/requested-range.ts'
import type { Handler } from '../command.ts'
import { exitCodes } from '../exit.ts'
import { historyLines } from '../history-text.ts'
import { historyJson } from '../json/history.ts'
import { modelHistory } from '../model-history.ts'
import { namedRelation } from '../named-relation.ts'
import { withLedger } from '../open-ledger.ts'
import { jsonLine } from '../text/json.ts'
import { openWorkspace } from '../workspace.ts'

const defaultEntries = 10

/** Shows what happened to a model or to one of its partitions: each version, who made it, from what. */
export const history: Handler = async (invocation) => {
  const { options, format, terminal, now } = invocation
  const workspace = await openWorkspace(invocation)
  const { project } = workspace
  const node = namedRelation(project, invocation.arguments[0]!)
  const key = keyOf(node, invocation.arguments[1] ?? options.partition)
  const limit = options.limit ?? defaultEntries
  const entries =
    (await withLedger(workspace, now, (ledger) => modelHistory(project, ledger, { node, key, limit }))) ?? []
  const { out, err } = terminal
  if (format === 'json') out.write(entries.map((entry) => jsonLine(historyJson(node.name, entry))).join(''))
  else if (entries.length === 0) {
    if (!options.quiet)
      err.write(`nothing has happened to ${[node.name, key].filter(Boolean).join(' ')} yet\n`)
  } else {
    const isOne = key !== undefined || node.kind !== 'model' || node.layout === undefined
    out.write(`${historyLines(entries, isOne, out.style).join('\n')}\n`)
  }
  return exitCodes.good
}

/** The key of one partition of the model.
 * @throws SluiceError SL641 for a model without partitions and for a text that is not a key of this one, SL401, SL402 for no key at all */
function keyOf(node: CompiledRelation, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const layout = node.kind === 'model' ? node.layout : undefined
  if (layout === undefined) {
    throw SluiceError.of('SL641', {
      message: `${node.name} has no partitions`,
      hint: 'leave the key out: its history is that of the whole relation',
      next: `history ${node.name}`,
    })
  }
  instantsOf(layout, text)
  if (partitionOf(layout, text.trim()) !== undefined) return text.trim()
  throw SluiceError.of('SL641', {
    message: `${node.name} has no partition ${text}`,
    hint: 'keys are listed by',
    next: `partitions ${node.name}`,
  })
}
