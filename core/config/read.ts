import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic.ts'
import { codeOf } from './scan.ts'

/** Reads a file by its absolute path; throws the operating system's error. */
export type ReadFile = (path: string) => Promise<Uint8Array> | Uint8Array

/** Files of one project. Reading is synchronous unless told otherwise: for thousands of small files that takes a third of the
 * time, and nothing else happens meanwhile. */
export class Reader {
  readonly #root: string
  readonly #read: ReadFile
  readonly #found: Diagnostic[]

  constructor(root: string, read: ReadFile | undefined, found: Diagnostic[]) {
    this.#root = root
    this.#read = read ?? readFileSync
    this.#found = found
  }

  /** The bytes, or undefined (and a diagnostic). */
  async bytes(path: string): Promise<Uint8Array | undefined> {
    try {
      const bytes = this.#read(join(this.#root, path))
      return bytes instanceof Uint8Array ? bytes : await bytes
    } catch (error) {
      this.#found.push(refused(path, codeOf(error)))
      return undefined
    }
  }

  /** The text without a byte order mark, or undefined (and a diagnostic). */
  async text(path: string): Promise<string | undefined> {
    const bytes = await this.bytes(path)
    return bytes === undefined ? undefined : this.decoded(path, bytes)
  }

  decoded(path: string, bytes: Uint8Array): string | undefined {
    if (!isUtf8(bytes)) {
      this.#found.push(
        diagnostic('SL101', {
          message: `${path} is not UTF-8 text.`,
          place: { file: path, line: lineOfBadByte(bytes), column: 1 },
          hint: 'Save it in UTF-8.',
        }),
      )
      return undefined
    }
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  }
}

function lineOfBadByte(bytes: Uint8Array): number {
  let line = 1
  let start = 0
  for (let at = 0; at <= bytes.length; at++) {
    if (at < bytes.length && bytes[at] !== 10) continue
    if (!isUtf8(bytes.subarray(start, at))) return line
    line += 1
    start = at + 1
  }
  return line
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EACCES: 'its permissions forbid it',
  EPERM: 'its permissions forbid it',
  EISDIR: 'it is a folder',
  ENOTDIR: 'it is not a folder',
  ELOOP: 'it is a link that leads to itself',
  EMFILE: 'too many files are open',
}

/** What the operating system refused, as people say it. */
export function refused(path: string, code: string): Diagnostic {
  const isLink = code === 'ENOENT' || code === 'ELOOP'
  return diagnostic('SL101', {
    message: `${path} cannot be read: ${reasons[code] ?? `the system says ${code}`}.`,
    place: { file: path, line: 1, column: 1 },
    hint: isLink
      ? 'If it is a link, check where it leads; otherwise put the file back.'
      : 'Check the file and its permissions.',
  })
}
