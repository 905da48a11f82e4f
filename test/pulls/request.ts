import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'

/** The projects that pull requests are made against: a folder each, with `project/` and what its sources hold in `setup.sql`. */
export const bases = ['flights', 'shop', 'billing'] as const
export type Base = (typeof bases)[number]

/**
 * What a pull request does to one file: the whole new text, `null` for a file that goes, or pieces that are replaced, each of
 * which occurs exactly once.
 */
export type Change = string | null | readonly { readonly from: string; readonly to: string }[]
export type Changes = Readonly<Record<string, Change>>

/** What a reviewer would say is wrong: the kind of mistake and where it shows, not the code of a diagnostic (`kinds.ts` has those). */
export interface Finding {
  readonly kind: string | readonly string[]
  /** The file, or several of which any will do: of two models with one name either may be blamed. */
  readonly file: string | readonly string[]
  /** A text in that file's new version; the finding is expected near a line where it stands. Absent: anywhere in the file. */
  readonly at?: string
}

export type Verdict =
  | { readonly verdict: 'broken'; readonly finding: Finding }
  | { readonly verdict: 'warned'; readonly finding: Finding }
  | { readonly verdict: 'harmless' }

/** One pull request, as a file in `requests/` says it. */
export type PullRequest = Verdict & {
  readonly name: string
  readonly base: Base
  readonly title: string
  /** What the base has beyond the project of its name. */
  readonly given?: Changes
  readonly changes: Changes
  /** `test`: what is wrong shows only when unit tests run. */
  readonly needs?: 'test'
  /** True: broken, and yet a run goes through, with wrong rows or against a promise. */
  readonly runs?: boolean
  /** True: only warned of, and yet no run gets through. */
  readonly fails?: boolean
}

const folder = import.meta.dirname

export function pullRequests(): readonly PullRequest[] {
  return readdirSync(join(folder, 'requests'))
    .filter((file) => file.endsWith('.yml'))
    .sort()
    .map((file) => ({
      name: file.replace(/\.yml$/, ''),
      ...(parse(readFileSync(join(folder, 'requests', file), 'utf8')) as Omit<PullRequest, 'name'>),
    })) as readonly PullRequest[]
}

/** Puts a copy of the base's project into an empty folder. */
export function writeBase(base: Base, root: string): void {
  cpSync(join(folder, 'bases', base, 'project'), root, { recursive: true })
}

export function setupOf(base: Base): string {
  return readFileSync(join(folder, 'bases', base, 'setup.sql'), 'utf8')
}

/** Changes files below `root`; a change that does not fit what stands there is a mistake of the suite. */
export function apply(changes: Changes, root: string): void {
  for (const [path, change] of Object.entries(changes)) {
    const file = join(root, path)
    if (change === null) rmSync(file)
    else {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, typeof change === 'string' ? change : replaced(file, change))
    }
  }
}

function replaced(file: string, pieces: Exclude<Change, string | null>): string {
  return pieces.reduce(
    (text, { from, to }) => {
      const parts = text.split(from)
      if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${from}`)
      return parts.join(to)
    },
    readFileSync(file, 'utf8'),
  )
}
