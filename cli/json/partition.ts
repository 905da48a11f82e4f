import type { PartitionLine } from '../partition-lines.ts'
import { instantJson } from './plan.ts'
import { errorJson } from './run.ts'

/** One line of `sluice partitions --output json`; see docs/schemas/partitions.json. */
export function partitionLineJson(line: PartitionLine) {
  const { start, end, publishedAt } = line
  return {
    key: line.key,
    ...(start === undefined || end === undefined ? {} : { start: instantJson(start), end: instantJson(end) }),
    state: line.state,
    ...(line.reason === undefined ? {} : { reason: line.reason }),
    ...(line.isDrifted ? { drifted: true } : {}),
    activity: line.activity,
    ...(line.causes.length === 0 ? {} : { causes: line.causes.map(causeJson) }),
    ...(line.version === undefined ? {} : { version: line.version }),
    ...(line.rows === undefined ? {} : { rows: line.rows }),
    ...(publishedAt === undefined ? {} : { publishedAt: instantJson(publishedAt) }),
    ...(line.lastRun === undefined ? {} : { lastRun: line.lastRun }),
    ...(line.error === undefined ? {} : { error: errorJson(line.error) }),
  }
}

function causeJson({ relation, partition, cause, publication }: PartitionLine['causes'][number]) {
  return {
    relation,
    ...(partition === undefined ? {} : { partition }),
    cause,
    ...(publication?.run === undefined ? {} : { run: publication.run }),
    ...(publication?.at === undefined ? {} : { at: instantJson(publication.at) }),
  }
}
