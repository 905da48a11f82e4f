import type { Code } from '../diagnostics/catalogue.ts'
import { type Diagnostic, diagnostic, type Place } from '../diagnostics/diagnostic.ts'
import type { ParsedQuery, Refusal, SqlSyntaxError } from './parser.ts'

/** What the project lets its models do (`sluice.yml`). */
export interface Allowed {
  readonly allowFunctions: readonly string[]
  readonly allowFiles: boolean
}

/** Where an offset of the parsed text was written. */
export type Locate = (offset: number) => {
  readonly place?: Place
  readonly via?: readonly Place[]
  readonly frame?: string
}

/** One diagnostic for each thing that the query does and may not do here, in the order of the text. */
export function refusalDiagnostics(
  query: Pick<ParsedQuery, 'refusals'>,
  allowed: Allowed,
  locate: Locate,
): readonly Diagnostic[] {
  const functions = new Set(allowed.allowFunctions.map((name) => name.toLowerCase()))
  return query.refusals
    .filter((refusal) => !isAllowed(refusal, functions, allowed.allowFiles))
    .map((refusal) => {
      const { code, message, hint } = explain(refusal)
      return diagnostic(code, { message, hint, ...locate(refusal.start) })
    })
}

/** The diagnostic for a text that the target's grammar does not accept. */
export function syntaxDiagnostic(error: SqlSyntaxError, locate: Locate): Diagnostic {
  return diagnostic('SL300', { message: error.message, ...locate(error.offset ?? 0) })
}

/** A list entry allows the function in every schema unless it names one. */
function isAllowed(refusal: Refusal, functions: ReadonlySet<string>, allowFiles: boolean): boolean {
  switch (refusal.kind) {
    case 'file_reference':
      return allowFiles
    case 'volatile_function':
    case 'table_function': {
      const name = refusal.what.toLowerCase()
      return functions.has(name) || functions.has(name.slice(name.lastIndexOf('.') + 1))
    }
    default:
      return false
  }
}

interface Explanation {
  readonly code: Code
  readonly message: string
  readonly hint: string
}

function explain({ kind, what }: Refusal): Explanation {
  switch (kind) {
    case 'not_a_query':
      return {
        code: 'SL301',
        message: `a model is one SELECT; this is ${article(what)}`,
        hint: 'keep only the query that gives the rows of this model',
      }
    case 'several_statements':
      return {
        code: 'SL302',
        message: `a model is one SELECT; a second statement (${what}) begins here`,
        hint: 'remove it, or make it a model of its own',
      }
    case 'empty':
      return {
        code: 'SL303',
        message: 'a model is one SELECT; there is none in this text',
        hint: 'write a SELECT below the header',
      }
    case 'writes':
      return {
        code: 'SL304',
        message: `a model is one SELECT and only reads; this is ${article(what)}`,
        hint: 'write the SELECT alone: Sluice stores its rows as the header says',
      }
    case 'select_into':
      return {
        code: 'SL304',
        message: 'a model only reads; SELECT INTO creates a table',
        hint: 'remove INTO: Sluice stores the rows as the header says',
      }
    case 'locking':
      return {
        code: 'SL304',
        message: `a model only reads; ${what} locks rows of its inputs`,
        hint: 'remove the locking clause',
      }
    case 'hidden_dependency':
      return {
        code: 'SL305',
        message: `${callOf(what)} reads tables that this text does not name`,
        hint: 'name the tables in FROM; a macro can generate that text',
      }
    case 'volatile_function':
      return {
        code: 'SL306',
        message: `${callOf(what)} can give another result on the same inputs`,
        hint: `take the value from the data, vars or partition.*, or add ${what} to allow.functions in sluice.yml`,
      }
    case 'table_function':
      return {
        code: 'SL307',
        message: `the table function ${callOf(what)} is not on the project's list`,
        hint: `declare a source and select from it, or add ${what} to allow.functions in sluice.yml`,
      }
    case 'file_reference':
      return {
        code: 'SL308',
        message: `the file ${quoted(what)} is read by its path`,
        hint: 'declare a source with files: for each target, or set allow.files: true in sluice.yml',
      }
    default:
      return kind satisfies never
  }
}

function article(what: string): string {
  return `${/^[AEIOU]/i.test(what) && !/^U[NS]/i.test(what) ? 'an' : 'a'} ${what}`
}

/** `random` → `random()`; statements such as `SHOW tables` as they are. */
function callOf(what: string): string {
  return what.includes(' ') ? what : `${what}()`
}

function quoted(path: string): string {
  return `'${path}'`
}
