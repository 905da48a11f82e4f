import type { RunEvent } from '../../core/events.ts'
import { planJson, taskJson } from './plan.ts'

/** A run's event as `sluice run --output json` prints it; see docs/schemas/event.json. */
export function eventJson(event: RunEvent) {
  if (event.type === 'run_started') return { ...event, plan: planJson(event.plan) }
  if (event.type === 'run_finished') return event
  return { ...event, task: taskJson(event.task) }
}
