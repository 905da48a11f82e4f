import type { HistoryEntry } from '../model-history.ts'
import { instantJson } from './plan.ts'
import { errorJson, hostName, storedCheckJson } from './run.ts'

/** One line of `sluice history --output json`; see docs/schemas/history.json. */
export function historyJson(model: string, entry: HistoryEntry) {
  if ('mark' in entry) {
    const { mark } = entry
    return {
      kind: entry.kind,
      model,
      partitions: entry.keys,
      at: instantJson(mark.at),
      by: mark.by,
      reason: mark.reason,
      changeSeq: mark.changeSeq,
    }
  }
  const { attempt } = entry
  const base = {
    model,
    at: instantJson(attempt.finishedAt ?? attempt.startedAt),
    run: attempt.run,
    attempt: attempt.id,
    ...(attempt.user === undefined ? {} : { user: attempt.user }),
    ...(attempt.host === undefined ? {} : { host: hostName(attempt.host) }),
    number: attempt.number,
    accepted: attempt.accepted,
    checks: entry.checks.map(storedCheckJson),
  }
  if (entry.kind === 'attempt') {
    return {
      kind: entry.kind,
      ...base,
      partitions: entry.keys,
      status: attempt.status,
      ...(attempt.error === undefined ? {} : { error: errorJson(attempt.error) }),
    }
  }
  return {
    kind: entry.kind,
    ...base,
    partitions: entry.partitions.map(({ key, version, rows, isUnchanged, isCurrent }) => ({
      key,
      ...(version === undefined ? {} : { version }),
      ...(rows === undefined ? {} : { rows }),
      unchanged: isUnchanged,
      current: isCurrent,
    })),
    ...(attempt.changeSeq === undefined ? {} : { changeSeq: attempt.changeSeq }),
    ...(attempt.readSeq === undefined ? {} : { readSeq: attempt.readSeq }),
    ...(attempt.fingerprint === undefined ? {} : { fingerprint: attempt.fingerprint }),
    ...(entry.code === undefined ? {} : { code: entry.code }),
    ...(entry.isTodaysCode === undefined ? {} : { todaysCode: entry.isTodaysCode }),
    inputs: entry.inputs.map(({ upstream, partitions }) => ({
      upstream,
      partitions: partitions.map(({ at, ...each }) => ({
        ...each,
        ...(at === undefined ? {} : { at: instantJson(at) }),
      })),
    })),
  }
}
