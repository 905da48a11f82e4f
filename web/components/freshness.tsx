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
    ...(warnMs === undefined ? [] : [`warns after ${durationText(warnMs)}`]),
    ...(failMs === undefined ? [] : [`fails after ${durationText(failMs)}`]),
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
