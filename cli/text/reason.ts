import type { HeldTask, Need, Reason, StaleCause, TaskKind } from '../../core/plan/plan.ts'
import { keysLabel } from './partitions.ts'

/** Why a task is in the plan, in words. */
export function reasonText(reason: Reason, kind?: TaskKind): string {
  switch (reason.kind) {
    case 'missing':
      return 'missing'
    case 'failed':
      return `failed in run ${reason.run}`
    case 'stale':
      return staleText(reason.cause, kind)
    case 'forced':
      return 'forced'
    case 'full_refresh':
      return 'full refresh'
    case 'upstream_planned':
      return `${reason.upstream} will change`
    default:
      return reason satisfies never
  }
}

/** What made a partition stale, in words. */
export function staleText(cause: StaleCause, kind?: TaskKind): string {
  switch (cause.kind) {
    case 'code':
      return kind === 'seed' ? 'its file changed' : 'its code changed'
    case 'layout':
      return 'its partitions are cut or written differently now'
    case 'input':
      return `${[cause.upstream, cause.partition].filter(Boolean).join(' ')} changed`
    case 'upstream':
      return `${[cause.upstream, cause.partition].filter(Boolean).join(' ')} is stale`
    case 'early':
      return 'published before its end'
    case 'invalidated':
      return `invalidated by ${cause.by}: ${cause.reason}`
    default:
      return cause satisfies never
  }
}

/** `staging.flights 2001-01-06 … 2001-01-07 (2) is missing`. */
export function needText(need: Need): string {
  const what = [need.upstream, keysLabel(need.partitions)].filter(Boolean).join(' ')
  switch (need.because) {
    case 'missing':
      return `${what} is missing`
    case 'stale':
      return `${what} is stale`
    case 'failed':
      return `${what} failed`
    case 'not_due':
      return `${what} is not due yet`
    case 'waiting':
      return `${what} is waiting`
    case 'blocked':
      return `${what} is blocked`
    case 'layout':
      return `${what} has partitions of another layout; it needs --full-refresh`
    case 'past':
      return `it cannot be recorded any more${need.detail === undefined ? '' : `: ${need.detail}`}`
    case 'not_ready':
      return `${what} is not ready${need.detail === undefined ? '' : `: ${need.detail}`}`
    case 'unseen':
      return need.detail ?? `${what} cannot be observed`
    default:
      return need.because satisfies never
  }
}

/** Why a task is held, in words. */
export function heldText(held: HeldTask): string {
  const needs = held.needs.map(needText)
  if (held.dueAt !== undefined) needs.unshift(`not due before ${held.dueAt}`)
  return needs.join('; ')
}
