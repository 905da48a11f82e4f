import { breaksColumn, isBreaking, type NodeDiff, type ProjectDiff } from '../../core/diff/difference.ts'
import { counted } from '../text/quantity.ts'

/** One sentence with the totals. */
export function totalText({ nodes, impact, problems }: ProjectDiff): string {
  if (nodes.length === 0 && problems.length === 0) return 'Nothing changed'
  const breaking = nodes.filter(isBreaking)
  const changes = problems.length + breaking.reduce((sum, node) => sum + breakingChanges(node), 0)
  const others = nodes.length - breaking.length
  const hit = impact.filter((each) => each.hit !== 'none' && each.kind !== 'exposure').length
  const exposed = impact.filter(({ kind }) => kind === 'exposure').length
  return [
    breaking.length + problems.length === 0 ? 'Nothing breaks' : counted(changes, 'breaking change'),
    ...(others > 0
      ? [
          counted(
            others,
            breaking.length > 0 ? 'other relation changed' : 'relation changed',
            breaking.length > 0 ? 'other relations changed' : 'relations changed',
          ),
        ]
      : []),
    ...(hit > 0 ? [`${counted(hit, 'relation')} hit downstream`] : []),
    ...(exposed > 0 ? [`${counted(exposed, 'exposure')} hit`] : []),
  ].join(', ')
}

/** A relation that is gone is one change, however many columns it had; one that was renamed is one beside those of its columns. */
function breakingChanges({ status, columns }: NodeDiff): number {
  if (status === 'removed') return 1
  return columns.filter(breaksColumn).length + (status === 'renamed' ? 1 : 0)
}
