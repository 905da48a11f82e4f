import type { JSX } from 'preact'
import type { ModelPage } from '../../core/docs/api.ts'
import { durationText } from './quantity.ts'
import { StatusBadge } from './status-badge.tsx'

/** How old a relation may be before somebody is told, and whether it is. */
export function FreshnessText({
  freshness,
}: {
  readonly freshness: NonNullable<ModelPage['freshness']>
}): JSX.Element {
  const { warnMs, failMs, state, ageMs } = freshness
  const limits = [
    ...(warnMs === undefined ? [] : [`warns after ${limitText(warnMs)}`]),
    ...(failMs === undefined ? [] : [`fails after ${limitText(failMs)}`]),
  ].join(', ')
  return (
    <>
      {state !== undefined && <StatusBadge status={statusOf[state]} />}{' '}
      {ageMs !== undefined && <>{durationText(ageMs)} old; </>}
      {limits}
    </>
  )
}

const statusOf = { fresh: 'passed', warn: 'warned', fail: 'failed' } as const

/** As one writes it: `26h`. */
function limitText(ms: number): string {
  return durationText(ms).replace(/ 0+[ms]$/, '')
}
