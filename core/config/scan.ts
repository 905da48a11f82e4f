import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from 'node:fs'
import { extname, join, sep } from 'node:path'
import { capturedFile } from './captured-file.ts'
import { projectFile } from './find.ts'

/** A file or folder of the project as it was before anything was read. Two scans that agree in all of these have, but for
 * deliberate deceit, the same contents. */
export interface ScannedFile {
  /** Relative to the project root, with `/`. */
  readonly path: string
  readonly size: number
  readonly mtimeMs: number
  readonly ctimeMs: number
  readonly ino: number
}

/** What a file of the project is read as; `yaml` describes, `unreadable` could not even be looked at. */
export type ProjectFileKind = 'project' | 'captured' | 'model' | 'yaml' | 'seed' | 'check' | 'macro'

export interface ProjectFile extends ScannedFile {
  readonly kind: ProjectFileKind
}

export interface Scan {
  /** Sorted by path. */
  readonly files: readonly ProjectFile[]
  /** Folders below `models/` with models or not, relative to it, for the defaults of folders. */
  readonly modelFolders: readonly string[]
  /** What the operating system refused. */
  readonly refused: readonly { readonly path: string; readonly code: string }[]
}

interface Place {
  readonly folder: string
  readonly endings: Readonly<Record<string, ProjectFileKind>>
}

const yamlEndings = { '.yml': 'yaml', '.yaml': 'yaml' } as const
const layout: readonly Place[] = [
  { folder: 'models', endings: { '.sql': 'model', ...yamlEndings } },
  { folder: 'seeds', endings: { '.csv': 'seed', ...yamlEndings } },
  { folder: 'checks', endings: { '.sql': 'check' } },
  { folder: 'macros', endings: { '.sql': 'macro' } },
]

/**
 * Every file that a project consists of, with what a cache needs to know whether it changed; nothing is read. Hidden files and
 * those that editors leave behind (`x~`, `#x#`) are passed over. Links are followed; a link to a folder that it lies in is not.
 */
export function scanProject(root: string): Scan {
  const scan: MutableScan = { root, files: [], modelFolders: [], refused: [] }
  const project = statOf(scan, projectFile)
  if (project) scan.files.push(scanned(projectFile, project, 'project'))
  const captured = statOf(scan, capturedFile, true)
  if (captured) scan.files.push(scanned(capturedFile, captured, 'captured'))
  for (const { folder, endings } of layout) walk(scan, folder, endings, [])
  const byPath = (a: { path: string }, b: { path: string }) =>
    a.path < b.path ? -1 : a.path > b.path ? 1 : 0
  return {
    files: scan.files.sort(byPath),
    modelFolders: scan.modelFolders.sort(),
    refused: scan.refused.sort(byPath),
  }
}

interface MutableScan {
  readonly root: string
  readonly files: ProjectFile[]
  readonly modelFolders: string[]
  readonly refused: { path: string; code: string }[]
}

function walk(
  scan: MutableScan,
  folder: string,
  endings: Place['endings'],
  realParents: readonly string[],
): void {
  let entries: Dirent[]
  let real: string
  try {
    real = realpathSync(join(scan.root, folder))
    // Only a link can lead back to where it came from.
    if (realParents.includes(real)) return
    entries = readdirSync(real, { withFileTypes: true })
  } catch (error) {
    const code = codeOf(error)
    // A project need not have each of the folders.
    if (code !== 'ENOENT' || realParents.length > 0) scan.refused.push({ path: folder, code })
    return
  }
  if (folder.startsWith('models/')) scan.modelFolders.push(folder.slice('models/'.length))
  for (const entry of entries) {
    if (isIgnored(entry.name)) continue
    const path = `${folder}/${entry.name}`
    const kind = endings[extname(entry.name).toLowerCase()]
    if (entry.isDirectory()) {
      walk(scan, path, endings, [...realParents, real])
      continue
    }
    if (kind === undefined && !entry.isSymbolicLink()) continue
    const stats = statOf(scan, path, kind === undefined)
    if (stats?.isDirectory()) walk(scan, path, endings, [...realParents, real])
    else if (stats && kind !== undefined) scan.files.push(scanned(path, stats, kind))
  }
}

/** Hidden files (`.x`, Emacs' `.#x`) and backups (`x~`, `#x#`). */
function isIgnored(name: string): boolean {
  return name.startsWith('.') || name.startsWith('#') || name.endsWith('~')
}

function statOf(scan: MutableScan, path: string, mayBeMissing = false): Stats | undefined {
  try {
    return statSync(join(scan.root, path))
  } catch (error) {
    // A broken link without an ending of ours is nobody's business.
    if (!mayBeMissing) scan.refused.push({ path: path.split(sep).join('/'), code: codeOf(error) })
    return undefined
  }
}

function scanned(path: string, { size, mtimeMs, ctimeMs, ino }: Stats, kind: ProjectFileKind): ProjectFile {
  return { path, kind, size, mtimeMs, ctimeMs, ino }
}

/** The operating system's name for an error; anything else is a bug. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  throw error
}
