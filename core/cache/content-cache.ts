import { createHash, randomBytes } from 'node:crypto'
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Answers by a hash of everything that decides them. Only an optimisation: without it the same is computed again. */
export interface ContentCache {
  /** The answer that was kept under this key, as plain data; undefined if there is none or it is damaged. */
  get(key: string): unknown
  /** Keeps plain data; `save` writes it. */
  set(key: string, value: unknown): void
  /** Adds what is new to the file. A full or read-only disk costs only the next run's time. */
  save(): void
}

export interface ContentCachePlace {
  /** Absolute folder of the project. */
  readonly root: string
  /** What kind of answers these are: the file's name. */
  readonly name: string
  /** Identity of the program: another version's answers are not read. */
  readonly build: string
}

/** A key of plain data: equal data gives equal keys on every machine. */
export function contentKey(data: unknown): string {
  return createHash('sha256').update(JSON.stringify(data)).digest('base64url').slice(0, 27)
}

/** Entries that are kept beyond those in use: of other branches and targets. */
const SPARE = 3
const SMALL = 2_000

/**
 * Opens the cache `NAME` of a project, which lies in one file of lines `KEY CHECKSUM JSON` below a line that names the program. New answers are
 * appended in one write, so that processes can share the file: a line that was cut off or mixed up has another checksum and is not there.
 * When most of it is no longer used, the file is written anew beside the old one and takes its place.
 */
export function openContentCache({ root, name, build }: ContentCachePlace): ContentCache {
  const folder = join(root, '.sluice', 'cache')
  return new FileCache(folder, join(folder, `${name}.cache`), `sluice ${build} ${name}`)
}

class FileCache implements ContentCache {
  private readonly folder: string
  private readonly path: string
  private readonly title: string
  private readonly lines = new Map<string, Line>()
  private readonly used = new Set<string>()
  private readonly added = new Map<string, string>()
  private text = ''
  private isForeign = true
  private isLoaded = false

  constructor(folder: string, path: string, title: string) {
    this.folder = folder
    this.path = path
    this.title = title
  }

  get(key: string): unknown {
    this.load()
    const fresh = this.added.get(key)
    if (fresh !== undefined) return JSON.parse(fresh)
    const line = this.lines.get(key)
    if (line === undefined) return undefined
    const json = this.text.slice(line.json, line.end)
    if (this.text.slice(line.checksum, line.json - 1) !== checksumOf(key, json)) {
      this.lines.delete(key)
      return undefined
    }
    this.used.add(key)
    return JSON.parse(json)
  }

  set(key: string, value: unknown): void {
    this.load()
    this.added.set(key, JSON.stringify(value))
    this.used.add(key)
  }

  save(): void {
    if (this.added.size === 0) return
    const fresh = [...this.added].map(([key, json]) => `${key} ${checksumOf(key, json)} ${json}\n`).join('')
    try {
      mkdirSync(this.folder, { recursive: true })
      const isCrowded = this.lines.size + this.added.size > SPARE * this.used.size + SMALL
      if (this.isForeign || isCrowded) this.replace(fresh)
      // A line that another process left unfinished ends here.
      else appendFileSync(this.path, `\n${fresh}`, { mode: 0o600 })
    } catch {
      // The next run computes it again.
    }
    this.added.clear()
  }

  private replace(fresh: string): void {
    const kept = [...this.used].flatMap((key) => {
      const line = this.lines.get(key)
      return line === undefined || this.added.has(key) ? [] : [this.text.slice(line.start, line.end), '\n']
    })
    const temporary = `${this.path}.${randomBytes(6).toString('hex')}.tmp`
    try {
      writeFileSync(temporary, [`${this.title}\n`, ...kept, fresh].join(''), { mode: 0o600 })
      renameSync(temporary, this.path)
    } finally {
      rmSync(temporary, { force: true })
    }
  }

  /** Finds the lines; their content is looked at when it is asked for. */
  private load(): void {
    if (this.isLoaded) return
    this.isLoaded = true
    const text = this.read()
    const first = text.indexOf('\n')
    if (first < 0 || text.slice(0, first) !== this.title) return
    this.isForeign = false
    this.text = text
    for (let start = first + 1; start < text.length; ) {
      const newline = text.indexOf('\n', start)
      const end = newline < 0 ? text.length : newline
      const checksum = text.indexOf(' ', start) + 1
      const json = checksum === 0 ? 0 : text.indexOf(' ', checksum) + 1
      if (checksum > start + 1 && json > checksum && json < end)
        this.lines.set(text.slice(start, checksum - 1), { start, checksum, json, end })
      start = end + 1
    }
  }

  private read(): string {
    try {
      if (statSync(this.path).size > LARGEST) return ''
      return readFileSync(this.path, 'utf8')
    } catch {
      return ''
    }
  }
}

/** Nobody's project needs as much: something went wrong. */
const LARGEST = 400_000_000

interface Line {
  readonly start: number
  readonly checksum: number
  readonly json: number
  readonly end: number
}

function checksumOf(key: string, json: string): string {
  return createHash('sha1').update(`${key} ${json}`).digest('base64url').slice(0, 11)
}
