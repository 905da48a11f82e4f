import { type Dirent, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { contentKey } from '../cache/content-cache.ts'

export interface MacroText {
  readonly name: string
  /** Relative to the project. */
  readonly path: string
  readonly text: string
}

/** The macros of a project as they stand in its files, read when they are first needed. A file that cannot be read is none. */
export class MacroFiles {
  private readonly root: string
  private known: readonly MacroText[] | undefined
  private key: string | undefined

  constructor(root: string) {
    this.root = root
  }

  all(): readonly MacroText[] {
    this.known ??= this.read()
    return this.known
  }

  /** Names the content of all of them. */
  identity(): string {
    this.key ??= contentKey(this.all().map(({ path, text }) => [path, text]))
    return this.key
  }

  private read(): readonly MacroText[] {
    const folder = join(this.root, 'macros')
    let entries: Dirent[]
    try {
      entries = readdirSync(folder, { withFileTypes: true, recursive: true })
    } catch {
      return []
    }
    return entries
      .filter(
        (entry) =>
          !entry.isDirectory() && entry.name.toLowerCase().endsWith('.sql') && !/^[.#]|~$/.test(entry.name),
      )
      .flatMap((entry) => {
        const path = relative(this.root, join(entry.parentPath, entry.name)).split(sep).join('/')
        const text = readText(join(this.root, path))
        return text === undefined ? [] : [{ name: path.slice('macros/'.length, -'.sql'.length), path, text }]
      })
      .sort((a, b) => (a.path < b.path ? -1 : 1))
  }
}

/** The text of a file, or undefined if it cannot be read. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** Names of the macros that a template may use, by its text: a call within a comment counts too. Undefined: a name is computed, so it may be any. */
export function macrosCalled(template: string): readonly string[] | undefined {
  const names: string[] = []
  for (const [, computed, name] of template.matchAll(/\{\{~?#?>\s*(?:(\()|["'[]?([^\s"'}\]~]+))/g)) {
    if (computed !== undefined) return undefined
    if (name !== undefined) names.push(name)
  }
  return names
}
