import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import type { CompiledProject } from '../../core/compile/compiled.ts'
import type { Environment } from '../../core/config/environment.ts'
import { projectFile } from '../../core/config/find.ts'
import type { TargetConfig } from '../../core/config/project.ts'
import { type Mask, type Masked, maskOf } from '../../core/docs/mask.ts'

/** Replaces what came from environment variables by their names, the target's address, and where the project lies on this machine. */
export function siteMask(project: CompiledProject, environment: Environment, target: TargetConfig): Mask {
  return maskOf([
    ...fromTarget(target),
    ...fromEnvironment(project.project.root, environment),
    ...places(project),
  ])
}

function variable(name: string): string {
  return `\${${name}}`
}

const reference = /\$\{\s*([A-Za-z_]\w*)\s*(?::-[^}]*)?\}/g

/** Variables that `sluice.yml` names, and vars that are given by `SLUICE_VARS`. */
function fromEnvironment(root: string, environment: Environment): readonly Masked[] {
  // A password that the address leaves out is looked for here by Postgres's own rules.
  const names = new Set([
    'PGPASSWORD',
    ...[...projectText(root).matchAll(reference)].map(([, name]) => name!),
  ])
  const named = [...names].flatMap((name): Masked[] => {
    const value = environment[name]
    return value === undefined ? [] : [{ value, shown: variable(name) }]
  })
  return [...named, ...varsIn(environment.SLUICE_VARS)]
}

function projectText(root: string): string {
  try {
    return readFileSync(join(root, projectFile), 'utf8')
  } catch {
    return ''
  }
}

/** Texts that may be secrets: numbers and words as short as these are not. */
const shortestVar = 4

function varsIn(text: string | undefined): readonly Masked[] {
  if (text === undefined) return []
  const found: Masked[] = []
  const walk = (value: unknown): void => {
    if (typeof value === 'string' && value.length >= shortestVar)
      found.push({ value, shown: variable('SLUICE_VARS') })
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk)
  }
  try {
    walk(JSON.parse(text))
  } catch {
    // Whatever is no JSON set no var.
  }
  return found
}

/** What tells how to reach the database, and with which right. A file's name is no secret. */
function fromTarget(target: TargetConfig): readonly Masked[] {
  const shown = '…'
  if (target.adapter === 'duckdb') {
    return Object.entries(target.settings).flatMap(([name, value]) =>
      typeof value === 'string' && /secret|password|token|key/i.test(name) ? [{ value, shown }] : [],
    )
  }
  const all: Masked[] = [{ value: target.url, shown }]
  try {
    const { password, host, hostname, searchParams } = new URL(target.url)
    all.push({ value: password, shown }, { value: decodeURIComponent(password), shown })
    for (const name of ['password', 'sslpassword'])
      for (const value of searchParams.getAll(name)) all.push({ value, shown })
    if (!/^(?:|localhost|127\.0\.0\.1|\[::1\])$/.test(hostname))
      all.push({ value: host, shown }, { value: hostname, shown })
  } catch {
    // An address that cannot be read is masked as a whole.
  }
  return all
}

/** Files by their place in the project, and whatever else lies below it or below somebody's home. */
function places({ project: { root }, nodes }: CompiledProject): readonly Masked[] {
  const all: Masked[] = []
  for (const node of nodes.values()) {
    if (node.kind !== 'source') continue
    for (const [, path] of node.sql.matchAll(/'(\/(?:[^']|'')*)'/g)) {
      const written = path!.replaceAll("''", "'")
      all.push({ value: written, shown: relative(root, written) })
    }
  }
  const home = homedir()
  return [
    ...all,
    ...(root === dirname(root)
      ? []
      : [
          { value: `${root}/`, shown: '' },
          { value: root, shown: '.' },
        ]),
    ...(home === dirname(home) ? [] : [{ value: `${home}/`, shown: '~/' }]),
  ]
}
