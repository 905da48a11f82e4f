import type { Publication } from '../../core/ledger/publications.ts'
import type { CauseStep } from '../../core/plan/cause-chain.ts'
import { instantInText } from './instant.ts'

/** Finds who published an input: undefined if nobody has, as it is gone. */
export type PublicationOf = (upstream: string, partition: string | undefined) => Publication | undefined

/** How many steps between a partition and the root of its staleness are named. */
const NAMED = 2

/** A chain of causes in words, from the partition to the root: `upstream marts.a 2001-01-05 is stale: input staging.flights 2001-01-05 was
 * republished by run … at …`. */
export function chainText(steps: readonly CauseStep[], publicationOf: PublicationOf): string {
  const root = steps.at(-1)
  if (root === undefined) return ''
  const between = steps.slice(1)
  if (between.length === 0) return rootText(root, publicationOf)
  // The root's own words name it only if nothing before them does.
  const named = between.length <= NAMED ? between : [between[0]!, between.at(-1)!]
  const left = between.length - named.length
  const path = named
    .map((step, at) =>
      at === 0
        ? `upstream ${nameOf(step)} is stale`
        : `as ${at === 1 && left > 0 ? `${left} more and ` : ''}${nameOf(step)} is`,
    )
    .join(', ')
  return `${path}: ${rootText(root, publicationOf)}`
}

function rootText({ cause }: CauseStep, publicationOf: PublicationOf): string {
  switch (cause.kind) {
    case 'code':
      return 'its code changed'
    case 'layout':
      return 'its partitions are cut or written differently now'
    case 'early':
      return 'it was published before its end'
    case 'invalidated':
      return `invalidated by ${cause.by}: ${cause.reason}`
    case 'upstream':
      return `upstream ${[cause.upstream, cause.partition].filter(Boolean).join(' ')} is stale`
    case 'input': {
      const input = `input ${[cause.upstream, cause.partition].filter(Boolean).join(' ')}`
      const publication = publicationOf(cause.upstream, cause.partition)
      if (publication === undefined) return `${input} is not there any more`
      const { run, at } = publication
      const when = at === undefined ? '' : ` at ${instantInText(at)}`
      // Nobody publishes a source: it was seen to be another one.
      return run === undefined
        ? `${input} changed, as was seen${when}`
        : `${input} was republished by run ${run}${when}`
    }
    default:
      return cause satisfies never
  }
}

function nameOf({ relation, partition }: CauseStep): string {
  return [relation, partition].filter(Boolean).join(' ')
}
