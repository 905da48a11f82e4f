import { breaksColumn, isBreaking } from '../../core/diff/difference.ts'
import type { Found } from './found.ts'

/** The lines of `sluice diff --output json`: see docs/schemas/diff.json. */
export function diffJson({ base, target, diff, volume, data }: Found): readonly object[] {
  const { origin } = base
  return [
    { is: 'base', ...origin },
    ...diff.nodes.map((node) => ({
      is: 'change',
      name: node.name,
      kind: node.kind,
      status: node.status,
      ...(node.status === 'renamed' ? { from: node.from } : {}),
      path: node.path,
      materialization: node.materialization,
      breaking: isBreaking(node),
      parts: node.parts,
      edited: node.isEdited,
      causes: node.causes,
      columns: node.columns.map((change) => ({ ...change, breaking: breaksColumn(change) })),
      rows: node.rows.by,
      sql: node.sql,
    })),
    ...diff.problems.map((problem) => ({ is: 'problem', problem })),
    ...diff.impact.map((impacted) => ({ is: 'impact', ...impacted })),
    ...(volume.kind === 'known'
      ? volume.volume.relations.map(({ ms, ...each }) => ({
          is: 'rebuild',
          target,
          ...each,
          ...(ms === undefined ? {} : { ms: Math.round(ms) }),
        }))
      : []),
    ...data.map((each) => ({ is: 'data', ...each })),
    ...(volume.kind === 'unreachable' ? [{ is: 'gap', reason: volume.reason }] : []),
    ...diff.gaps.map((reason) => ({ is: 'gap', reason })),
  ]
}
