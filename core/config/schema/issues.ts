import type { z } from 'zod'
import type { Code } from '../../diagnostics/catalogue.ts'
import { didYouMean } from '../../diagnostics/suggest.ts'
import { mistakeAt, type Path, type Problem, pathText } from '../problem.ts'
import { expectedPrefix, knownKeysPrefix, type OwnMistake, sentence } from './values.ts'

export interface IssueContext {
  /** Path of the validated value in its document. */
  readonly prefix: Path
  /** What the validated value is: `a model`, `sluice.yml`. */
  readonly what: string
  /** Values must not be shown: they may come from a secret. */
  readonly secret?: boolean
}

/** What zod found, in our words and codes. */
export function problemsOf(issues: readonly z.core.$ZodIssue[], context: IssueContext): Problem[] {
  return issues.flatMap((issue) => problemsOfIssue(issue, context))
}

function problemsOfIssue(issue: z.core.$ZodIssue, context: IssueContext): Problem[] {
  const local = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
  const path: Path = [...context.prefix, ...local]
  const key = local.length === 0 ? context.what : `\`${pathText(local)}\``
  const subject = local.length === 0 ? context.what.replace(/^(?:a|the) /, (word) => sentence(word)!) : key
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = issue.message.startsWith(knownKeysPrefix)
        ? issue.message.slice(knownKeysPrefix.length).split(' ')
        : []
      return issue.keys.map((each) => unknownKey([...path, each], each, key, known))
    }
    case 'invalid_type':
    case 'invalid_union':
      return [wrongType(issue, path, local, subject, context)]
    case 'invalid_value':
      return [unknownWord(issue, path, local, key, context)]
    case 'invalid_format':
      return [
        mistakeAt('SL106', path, 'value', {
          message: `${key} is empty.`,
          hint: 'Write something, or remove the key.',
        }),
      ]
    case 'too_small':
      if (issue.origin === 'array') {
        return [
          mistakeAt('SL106', path, 'value', {
            message: `${key} is empty.`,
            hint: 'Name at least one, or remove the key.',
          }),
        ]
      }
      return [notAllowed(path, `${key} must be at least ${issue.minimum}`)]
    case 'too_big':
      return [notAllowed(path, `${key} must be at most ${issue.maximum}`)]
    case 'invalid_key':
      // A key may be wrong in its own way; what is wrong with it was said by our schema.
      return problemsOf(issue.issues, { ...context, prefix: path }).map(atKey)
    case 'custom':
      return [own(issue, path)]
    default:
      return [notAllowed(path, `${key}: ${issue.message}`)]
  }
}

/** A mistake of the key itself. */
function atKey(problem: Problem): Problem {
  if (problem.kind !== 'mistake' || problem.position.kind !== 'path') return problem
  return { ...problem, position: { ...problem.position, at: 'key' } }
}

function unknownWord(
  issue: z.core.$ZodIssueInvalidValue,
  path: Path,
  local: Path,
  key: string,
  context: IssueContext,
): Problem {
  const words = issue.values.map(String)
  const { input } = issue
  if (typeof input !== 'string') {
    const list = words.length === 1 ? words[0]! : `one of ${words.join(', ')}`
    return wrongType({ ...issue, message: expectedPrefix + list }, path, local, key, context)
  }
  return mistakeAt('SL106', path, 'value', {
    message: `${key} cannot be ${context.secret ? 'this' : `\`${input}\``}; it is one of ${words.join(', ')}.`,
    hint:
      sentence(didYouMean(input, words, 1)) ??
      `Use ${words.length === 1 ? '' : 'one of '}${words.join(', ')}.`,
  })
}

function unknownKey(path: Path, key: string, of: string, known: readonly string[]): Problem {
  const list = `Keys allowed here: ${known.join(', ')}.`
  // What the reader of YAML makes of `? { a: 1 } : b`.
  if (key === '[object Object]') {
    return mistakeAt('SL104', path.slice(0, -1), 'key', {
      message: `A map is no key of ${of}.`,
      hint: 'Remove the `?`, or the brackets around the key.',
    })
  }
  return mistakeAt('SL104', path, 'key', {
    message: `\`${key}\` is not a key of ${of}.`,
    hint: sentence(didYouMean(key, known, 1)) ?? list,
  })
}

function notAllowed(path: Path, message: string): Problem {
  return mistakeAt('SL106', path, 'value', { message: `${message}.`, hint: 'Correct the value.' })
}

function wrongType(
  issue: z.core.$ZodIssue & { readonly input?: unknown; readonly expected?: string },
  path: Path,
  local: Path,
  key: string,
  context: IssueContext,
): Problem {
  const wanted = issue.message.startsWith(expectedPrefix)
    ? issue.message.slice(expectedPrefix.length)
    : (words[issue.expected ?? ''] ?? 'another kind of value')
  const { input } = issue
  if (input === undefined && local.length > 0) {
    const of = local.length === 1 ? context.what : `\`${pathText(local.slice(0, -1))}\``
    return mistakeAt('SL107', path.slice(0, -1), 'key', {
      message: `\`${local.at(-1)}\` is missing from ${of}.`,
      hint: `Add \`${local.at(-1)}\`: ${wanted}.`,
    })
  }
  if (input === null && local.length > 0) {
    return mistakeAt('SL105', path, 'key', {
      message: `${key} is empty; it takes ${wanted}.`,
      hint: 'Give it a value, or remove the key.',
    })
  }
  return mistakeAt('SL105', path, 'value', {
    message: `${key} must be ${wanted}, not ${context.secret ? kindOf(input) : shown(input)}.`,
    hint:
      wanted === 'text' && (typeof input === 'number' || typeof input === 'boolean')
        ? 'Put the value in quotes to make it text.'
        : `Write ${wanted}${example[wanted] ?? ''}.`,
  })
}

const words: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
}

const example: Readonly<Record<string, string>> = {
  'a list': ', such as [a, b]',
  'a map': ', such as { key: value }',
  'a duration': ', such as 90m, 26h or 1d',
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  switch (typeof value) {
    case 'string':
      return 'text'
    case 'number':
      return 'a number'
    case 'boolean':
      return 'true or false'
    default:
      return 'a map'
  }
}

function shown(value: unknown): string {
  if (typeof value === 'string') {
    const cut = value.length > 40 ? `${value.slice(0, 40)}…` : value
    return `the text ${JSON.stringify(cut)}`
  }
  if (typeof value === 'number') return `the number ${value}`
  return typeof value === 'boolean' ? String(value) : kindOf(value)
}

function own(
  issue: z.core.$ZodIssue & { readonly params?: Record<string, unknown> | undefined },
  path: Path,
): Problem {
  const mistake = issue.params?.sluice as OwnMistake | undefined
  const code: Code = mistake?.code ?? 'SL106'
  return mistakeAt(code, path, mistake?.at ?? 'value', {
    message: `${issue.message}.`,
    hint: mistake?.hint,
  })
}
