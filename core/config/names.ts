import {
  type Finding,
  mistakeAt,
  mistakeAtOffset,
  type Path,
  type Problem,
  type YamlSource,
} from './problem.ts'
import type { TargetConfig } from './project.ts'
import { isName } from './schema/values.ts'

/** The logical name that a file below a folder has: folders are the schema, joined by `_`. */
export function nameOfPath(path: string): { readonly schema: string | undefined; readonly table: string } {
  const parts = path.split('/').slice(1)
  const table = parts.pop()!.replace(/\.[^.]*$/, '')
  return { schema: parts.length === 0 ? undefined : parts.join('_'), table }
}

export function qualified(schema: string | undefined, table: string): string {
  return schema === undefined ? table : `${schema}.${table}`
}

/** Something with a logical name, and where it is defined. */
export interface NamedThing {
  readonly kind: 'model' | 'seed' | 'source' | 'check' | 'exposure'
  readonly name: string
  readonly schema: string | undefined
  readonly table: string
  readonly source: YamlSource
  /** Where the name is written, if it does not come from the file's path. */
  readonly path?: Path
}

const ledgerSchema = 'sluice'
/** Postgres cuts identifiers after NAMEDATALEN − 1 bytes. */
const postgresBytes = 63

/** Names that cannot be, or that two things have: compared without case, as engines fold it. */
export function checkNames(
  things: readonly NamedThing[],
  target: TargetConfig | undefined,
  findings: Finding[],
): void {
  const byName = new Map<string, NamedThing>()
  const physical = new Map<string, NamedThing>()
  for (const thing of things) {
    const add = (problem: Problem) => findings.push({ source: thing.source, problem })
    for (const part of [thing.schema, thing.table]) {
      if (part !== undefined && !isName(part)) add(badName(thing, part))
    }
    const other = byName.get(thing.name.toLowerCase())
    if (other) {
      // A name that somebody wrote is easier to change than a file's.
      const [at, first] =
        thing.path === undefined && other.path !== undefined ? [other, thing] : [thing, other]
      findings.push({ source: at.source, problem: collision(at, first) })
    } else byName.set(thing.name.toLowerCase(), thing)
    if ((thing.kind !== 'model' && thing.kind !== 'seed') || !target) continue
    checkPhysical(thing, target, add)
    if (target.schema.name === undefined || other) continue
    const same = physical.get(thing.table.toLowerCase())
    if (same) add(replaced(thing, same, target.name))
    else physical.set(thing.table.toLowerCase(), thing)
  }
}

function checkPhysical(thing: NamedThing, target: TargetConfig, add: (problem: Problem) => void): void {
  const { name, prefix = '' } = target.schema
  const schema = name ?? (thing.schema === undefined ? undefined : prefix + thing.schema)
  if (schema?.toLowerCase() === ledgerSchema) {
    add(
      at(thing, 'SL109', {
        message: `\`${thing.name}\` would go to the schema \`${schema}\`, where the ledger lives.`,
        hint: 'Use another folder, or `schema` in the header.',
      }),
    )
  }
  if (target.adapter !== 'postgres') return
  for (const part of [schema, thing.table]) {
    const bytes = part === undefined ? 0 : Buffer.byteLength(part)
    if (bytes <= postgresBytes) continue
    add(
      at(thing, 'SL142', {
        message: `\`${part}\` has ${bytes} bytes; Postgres allows ${postgresBytes}.`,
        hint: 'Shorten the name, or give another one by `name` in the header.',
      }),
    )
  }
}

function badName(thing: NamedThing, part: string): Problem {
  return at(thing, 'SL109', {
    message: `\`${part}\` cannot be part of the name of a ${thing.kind}.`,
    hint: 'Rename the file or folder: letters, digits, `_`, `-` and `$`.',
  })
}

function collision(thing: NamedThing, other: NamedThing): Problem {
  return at(thing, 'SL412', { message: `${collisionText(thing, other)}.`, hint: 'Rename one of them.' })
}

function collisionText(thing: NamedThing, other: NamedThing): string {
  const file = thing.source.file
  const otherFile = other.source.file
  if (thing.name !== other.name) {
    return `\`${thing.name}\` (${file}) and \`${other.name}\` (${otherFile}) differ only in case`
  }
  if (file === otherFile) return `The ${thing.kind} \`${thing.name}\` is declared twice in ${file}`
  if (thing.kind === other.kind)
    return `Two ${thing.kind}s are named \`${thing.name}\`: ${otherFile} and ${file}`
  return `\`${thing.name}\` is both ${withArticle(thing.kind)} (${file}) and ${withArticle(other.kind)} (${otherFile})`
}

function withArticle(kind: NamedThing['kind']): string {
  return kind === 'exposure' ? `an ${kind}` : `a ${kind}`
}

function replaced(thing: NamedThing, other: NamedThing, target: string): Problem {
  return at(thing, 'SL412', {
    message: `On target \`${target}\`, which puts everything into one schema, \`${other.name}\` (${other.source.file}) and \`${thing.name}\` (${thing.source.file}) are the same relation.`,
    hint: 'Rename one of them, or use `schema: { prefix: … }` for the target.',
  })
}

function at(
  thing: NamedThing,
  code: 'SL109' | 'SL142' | 'SL412',
  fields: { readonly message: string; readonly hint: string },
): Problem {
  return thing.path === undefined
    ? mistakeAtOffset(code, 0, undefined, fields)
    : mistakeAt(code, thing.path, 'value', fields)
}
