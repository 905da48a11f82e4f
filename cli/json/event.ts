import type { RunEvent } from '../../core/events.ts'
import { partitionJson, planJson, taskJson } from './plan.ts'

/** A run's event as `sluice run --output json` prints it; see docs/schemas/event.json. */
export function eventJson(event: RunEvent) {
  if (event.type === 'run_started') return { ...event, plan: planJson(event.plan) }
  if (event.type === 'run_finished') return event
  const about = {
    ...event,
    task: taskJson(event.task),
    partitions: event.partitions.map(partitionJson),
  }
  return event.type === 'task_split'
    ? { ...about, into: event.into.map((piece) => piece.map(partitionJson)) }
    : about
}
