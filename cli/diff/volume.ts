import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { type RebuildVolume, volumeOf } from '../../core/diff/volume.ts'
import { Ledger, ledgerScope } from '../../core/ledger/ledger.ts'
import { wholeLedger } from '../../core/plan/snapshot-request.ts'
import type { Invocation } from '../command.ts'
import { type OpenLedger, withLedger } from '../open-ledger.ts'
import type { Workspace } from '../workspace.ts'

/** What a deploy would build again, or why nobody knows. */
export type FoundVolume =
  | { readonly kind: 'known'; readonly volume: RebuildVolume }
  /** Nothing was ever published on the target. */
  | { readonly kind: 'unpublished' }
  | { readonly kind: 'unreachable'; readonly reason: string }

/** Asks the target's ledger, which is only read; one that is out of reach is no error. */
export async function rebuildVolume(
  head: Workspace,
  base: Workspace | undefined,
  { now }: Invocation,
): Promise<FoundVolume> {
  try {
    const volume = await withLedger(head, now, async (open) => {
      const { target } = head.project.project
      const ledger = new Ledger(open.adapter, () => new Date(now()), ledgerScope(target.schema))
      const read = async ({ project }: Workspace) => ({
        project,
        snapshot: await ledger.snapshot(wholeLedger(project, { measures: true })),
      })
      const lasted = await durations(open)
      return volumeOf(await read(head), base === undefined ? undefined : await read(base), now(), (name) =>
        lasted.get(name),
      )
    })
    return volume === undefined ? { kind: 'unpublished' } : { kind: 'known', volume }
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    return { kind: 'unreachable', reason: error.diagnostics[0]!.message }
  }
}

/** Milliseconds that a published partition of each relation took, on average over those that stand there. */
async function durations({ session, modelOf }: OpenLedger): Promise<ReadonlyMap<string, number>> {
  const rows = await session.query(`
    select model, sum(seconds) as seconds, sum(parts) as parts
    from (
      select p.model, a.id, count(*) as parts,
        extract(epoch from (max(a.finished_at) - max(a.started_at))) as seconds
      from sluice.partitions as p
      join sluice.attempts as a on a.id = p.published_by
      where a.finished_at is not null
      group by p.model, a.id
    ) as published
    group by model`)
  return new Map(
    rows.flatMap(({ model, seconds, parts }) => {
      const name = modelOf(String(model))
      return name === undefined ? [] : [[name, (1000 * Number(seconds)) / Number(parts)] as const]
    }),
  )
}
