import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectFile } from '../../core/config/find.ts'
import { splitHeader } from '../../core/config/header.ts'
import { readProjectFile } from '../../core/config/project-file.ts'
import { scanProject } from '../../core/config/scan.ts'
import type { SideTemplates } from '../../core/diff/side.ts'
import type { Invocation } from '../command.ts'

/** Hashes of macros and vars as a manifest keeps them, by name. */
export interface TemplateHashes {
  readonly macros: Readonly<Record<string, string>>
  readonly vars: Readonly<Record<string, string>>
}

/** What decides what the templates of a project's folder render. Files are read when they are asked for. */
export function templatesIn(root: string, { options, environment }: Invocation): SideTemplates {
  const macros = new Map(
    scanProject(root)
      .files.filter(({ kind }) => kind === 'macro')
      .map(({ path }) => [path.replace(/^macros\//, '').replace(/\.sql$/i, ''), path]),
  )
  const read = (path: string) => textIn(root, path)
  const { vars } = readProjectFile(
    read(projectFile) ?? '',
    {
      root,
      env: environment,
      ...(options.target === undefined ? {} : { target: options.target }),
      ...(options.vars === undefined ? {} : { vars: options.vars }),
    },
    [],
    [],
  )
  return {
    macros: new Map([...macros].map(([name, path]) => [name, hashOf(read(path) ?? '')])),
    vars: new Map(Object.entries(vars).map(([name, value]) => [name, hashOf(JSON.stringify(value))])),
    textOf: (path) => {
      const text = read(path)
      return text?.slice(bodyStart(text))
    },
    macroOf: (name) => {
      const path = macros.get(name)
      return path === undefined ? undefined : read(path)
    },
  }
}

/** Of what a manifest keeps: the texts themselves are gone. */
export function savedTemplates({ macros, vars }: TemplateHashes): SideTemplates {
  return {
    macros: new Map(Object.entries(macros)),
    vars: new Map(Object.entries(vars)),
    textOf: () => undefined,
    macroOf: () => undefined,
  }
}

export function hashesOf({ macros, vars }: SideTemplates): TemplateHashes {
  return { macros: Object.fromEntries(macros), vars: Object.fromEntries(vars) }
}

function bodyStart(text: string): number {
  const split = splitHeader(text)
  return split.kind === 'header' ? split.bodyStart : 0
}

function textIn(root: string, path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return undefined
  }
}

/** A value may be secret, so that only a hash of it is kept. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
