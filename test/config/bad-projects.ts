import { readFileSync } from 'node:fs'

/** One wrong project of `test/fixtures/projects/bad.txt`. */
export interface BadProject {
  readonly name: string
  readonly files: Readonly<Record<string, string>>
  readonly options: {
    readonly target?: string
    readonly vars?: Readonly<Record<string, string>>
    readonly env?: Readonly<Record<string, string>>
  }
  /** `CODE file:line:column message` lines, each followed by its hint, indented. */
  readonly mistakes: string
}

export const fixture = new URL('../fixtures/projects/bad.txt', import.meta.url)

export function readBadProjects(): readonly BadProject[] {
  const [, ...cases] = readFileSync(fixture, 'utf8').split(/^=== /m)
  return cases.map((text) => {
    const [name = '', ...rest] = text.split('\n')
    const files: Record<string, string> = {}
    let path = ''
    for (const line of rest) {
      const marker = /^-- (\S.*) --$/.exec(line)
      if (marker) {
        path = marker[1]!
        files[path] = ''
      } else if (path !== '') files[path] += `${line}\n`
    }
    const { options = '{}', mistakes = '', ...project } = files
    return { name, files: project, options: JSON.parse(options), mistakes: mistakes.trim() }
  })
}
