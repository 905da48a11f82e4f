import { statSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { scanProject } from '../../core/config/scan.ts'
import type { Workspace } from '../workspace.ts'
import { ledgerMark } from './facts/ledger-mark.ts'

/** How often is looked, and how much of the time may be spent on it. */
const everyMs = 500
const shareOfTime = 0.05
/** States change with time alone: what was not due becomes due. */
const anywayMs = 300_000

export interface Watched {
  readonly root: string
  readonly workspace: Workspace
  /** False: nothing of the ledger is shown. */
  readonly withLedger: boolean
}

/** A text that changes when files of the project, its tests or its ledger do. The ledger of a file is not opened for it, so that runs find it free. */
export async function markOf({ root, workspace, withLedger }: Watched): Promise<string> {
  const { files, refused } = scanProject(root)
  const parts: unknown[] = [refused, files.map(({ path, size, mtimeMs, ino }) => [path, size, mtimeMs, ino])]
  for (const name of await readdir(join(root, 'tests')).catch(() => [])) {
    const found = await stat(join(root, 'tests', name)).catch(() => undefined)
    parts.push([name, found?.size, found?.mtimeMs])
  }
  if (withLedger) parts.push(await stateMark(workspace))
  return JSON.stringify(parts)
}

async function stateMark(workspace: Workspace): Promise<unknown> {
  const target = await workspace.target()
  if (target.adapter !== 'duckdb') return ledgerMark(workspace)
  return [target.path, `${target.path}.wal`].map((path) => {
    const found = statSync(path, { throwIfNoEntry: false })
    return [found?.size, found?.mtimeMs, found?.ino]
  })
}

/** Calls `onChange` after each change, one at a time, until `signal` aborts. It is called with the mark that was seen before. */
export async function watchProject(
  watched: () => Watched,
  first: string,
  onChange: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let seen = first
  let seenAt = performance.now()
  while (!signal.aborted) {
    const began = performance.now()
    // A file may vanish between being listed and being looked at: the next look is right.
    const mark = await markOf(watched()).catch(() => seen)
    const spentMs = performance.now() - began
    if (mark !== seen || began - seenAt > anywayMs) {
      seen = mark
      seenAt = began
      await onChange()
    }
    await pause(Math.max(everyMs, spentMs / shareOfTime), undefined, { signal }).catch(() => undefined)
  }
}
