import { breaksColumn, isBreaking, type ProjectDiff } from '../../core/diff/difference.ts'
import { counted } from '../text/quantity.ts'

/** One sentence with the totals. */
export function totalText({ nodes, impact, problems }: ProjectDiff): string {
  if (nodes.length === 0 && problems.length === 0) return 'Nothing changed'
  const breaking = nodes.filter(isBreaking)
  const changes =
    problems.length +
    breaking.reduce((sum, node) => sum + Math.max(1, node.columns.filter(breaksColumn).length), 0)
  const others = nodes.length - breaking.length
  const hit = impact.filter((each) => each.hit !== 'none').length
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
  ].join(', ')
}
