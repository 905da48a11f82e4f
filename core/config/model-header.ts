import { splitHeader } from './header.ts'
import { mistakeAtOffset, type Problem, type YamlSource } from './problem.ts'
import { type CheckSettings, checkHeader, type ModelSettings, modelHeader } from './schema/model.ts'
import { type Validated, validate } from './validate.ts'
import { parseYaml } from './yaml.ts'

/** What one SQL file says of itself. Plain data that depends on the file's path and text only: it can be cached by them. */
export interface ParsedHeader<Settings> {
  readonly settings: Partial<Settings>
  /** Keys that are wrong and therefore not in `settings`. */
  readonly broken: readonly string[]
  /** The header could not be read at all: nothing is known of the file's configuration. */
  readonly unreadable: boolean
  /** UTF-16 offsets of the YAML in the file; both 0 without a header. */
  readonly yamlStart: number
  readonly yamlEnd: number
  /** UTF-16 offset at which the SQL begins. */
  readonly bodyStart: number
  readonly problems: readonly Problem[]
}

export type ParsedModelHeader = ParsedHeader<ModelSettings>

/** Reads and validates the header of a model. `path` is relative to the project root and stands in the places of checks. */
export function parseModelHeader(text: string, path: string): ParsedModelHeader {
  return parseHeader(text, path, (raw) => validate(modelHeader, raw, { prefix: [], what: 'a model' }))
}

/** Reads and validates the header of a custom check. */
export function parseCheckHeader(text: string, path: string): ParsedHeader<CheckSettings> {
  return parseHeader(text, path, (raw) => validate(checkHeader, raw, { prefix: [], what: 'a check' }))
}

function parseHeader<Settings>(
  text: string,
  path: string,
  check: (raw: unknown) => Validated<Settings>,
): ParsedHeader<Settings> {
  const split = splitHeader(text)
  const bare = { settings: {}, broken: [], unreadable: false, yamlStart: 0, yamlEnd: 0, problems: [] }
  switch (split.kind) {
    case 'none': {
      if (split.misplaced === undefined) return { ...bare, bodyStart: split.bodyStart }
      const problem = mistakeAtOffset('SL121', split.misplaced, split.misplaced + 5, {
        message: 'A header must be the first thing in the file.',
        hint: 'Move it to the top; only blank lines may stand before it.',
      })
      return { ...bare, unreadable: true, bodyStart: split.bodyStart, problems: [problem] }
    }
    case 'unclosed': {
      const problem = mistakeAtOffset('SL120', split.start, split.start + 5, {
        message: 'The header is not closed.',
        hint: 'End it with `---*/`.',
      })
      return { ...bare, unreadable: true, bodyStart: text.length, problems: [problem] }
    }
    case 'header': {
      const { yamlStart, yamlEnd, bodyStart } = split
      const source: YamlSource = { file: path, text, start: yamlStart, end: yamlEnd }
      const yaml = parseYaml(source)
      const at = { yamlStart, yamlEnd, bodyStart }
      if (!yaml.ok) return { ...bare, ...at, unreadable: true, problems: [yaml.problem] }
      const checked = check(yaml.value)
      const problems = [...yaml.problems, ...checked.problems]
      return { settings: checked.value, broken: checked.broken, unreadable: false, ...at, problems }
    }
    default:
      throw new Error(`unknown header ${split satisfies never}`)
  }
}
