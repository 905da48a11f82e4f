import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { VarValue } from '../config/project.ts'
import type { Scan, ScannedFile } from '../config/scan.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { CompiledNode, CompiledProject, ProjectSettings } from './compiled.ts'
import { graphOf } from './graph-of.ts'

/** What besides the files decides the result of compiling. */
export interface CacheKey {
  /** Identity of the program that compiled. */
  readonly build: string
  /** Absolute: compiled SQL names files by their whole path. */
  readonly root: string
  readonly target: string | undefined
  readonly vars: Readonly<Record<string, VarValue>> | undefined
  /** `SLUICE_TARGET` and `SLUICE_VARS`. */
  readonly settings: readonly (string | undefined)[]
}

interface CacheFile {
  readonly key: string
  /** When the files were looked at, wall clock in milliseconds. */
  readonly scannedAt: number
  readonly files: readonly ScannedFile[]
  /** Variables that the target's configuration takes from the environment: it must be read again to know that it is the same. */
  readonly readsEnvironment: boolean
  readonly settings: ProjectSettings
  readonly warnings: readonly Diagnostic[]
  readonly nodes: readonly CompiledNode[]
}

export interface CachedProject {
  readonly compiled: CompiledProject
  readonly readsEnvironment: boolean
}

/** A file whose time is this close to the scan may have changed again within the clock's grain, unseen. */
const GRAIN_MS = 50

/**
 * The compiled project of an earlier run, if nothing that decides it has changed: same program, options and files, by size, times and inode of
 * each. Only an optimisation: a missing, damaged or foreign cache is the same as none. Holds no secret but what compiled SQL holds,
 * the values of vars, so that only its owner may read it.
 */
export function readCache(key: CacheKey, scan: Scan): CachedProject | undefined {
  let file: CacheFile
  try {
    file = JSON.parse(readFileSync(cachePath(key), 'utf8')) as CacheFile
    if (file.key !== identityOf(key) || !sameFiles(file, scan)) return undefined
    const nodes = new Map(file.nodes.map((node) => [node.name, node]))
    const compiled = { project: file.settings, nodes, graph: graphOf(file.nodes), warnings: file.warnings }
    return { compiled, readsEnvironment: file.readsEnvironment }
  } catch {
    return undefined
  }
}

/** Keeps a compiled project for the next run. Readers see the old file or the new one, never a part of one. */
export function writeCache(
  key: CacheKey,
  cached: CachedProject,
  files: readonly ScannedFile[],
  scannedAt: number,
): void {
  const { compiled, readsEnvironment } = cached
  const content: CacheFile = {
    key: identityOf(key),
    scannedAt,
    files: files.map(({ path, size, mtimeMs, ctimeMs, ino }) => ({ path, size, mtimeMs, ctimeMs, ino })),
    readsEnvironment,
    settings: compiled.project,
    warnings: compiled.warnings,
    nodes: [...compiled.nodes.values()],
  }
  const path = cachePath(key)
  const temporary = `${path}.${createHash('sha256').update(`${scannedAt} ${Math.random()}`).digest('hex').slice(0, 12)}.tmp`
  try {
    mkdirSync(join(key.root, '.sluice', 'cache'), { recursive: true })
    writeFileSync(temporary, JSON.stringify(content), { mode: 0o600 })
    renameSync(temporary, path)
  } catch {
    rmSync(temporary, { force: true }) // A read-only folder or a full disk costs only the next run's time.
  }
}

function sameFiles(cached: CacheFile, scan: Scan): boolean {
  if (scan.refused.length > 0 || cached.files.length !== scan.files.length) return false
  return scan.files.every((file, position) => {
    const before = cached.files[position]!
    const isSettled = Math.max(file.mtimeMs, file.ctimeMs) < cached.scannedAt - GRAIN_MS
    return (
      isSettled &&
      before.path === file.path &&
      before.size === file.size &&
      before.mtimeMs === file.mtimeMs &&
      before.ctimeMs === file.ctimeMs &&
      before.ino === file.ino
    )
  })
}

/** One file for each target and set of vars, so that switching between two does not compile anew. */
function cachePath(key: CacheKey): string {
  const name = identityOf({ ...key, build: '' }).slice(0, 16)
  return join(key.root, '.sluice', 'cache', `compiled-${name}.json`)
}

/** Hashed, because values of vars may be secret. */
function identityOf(key: CacheKey): string {
  const all = JSON.stringify([key.build, key.root, key.target ?? null, key.vars ?? null, key.settings])
  return createHash('sha256').update(all).digest('hex')
}
