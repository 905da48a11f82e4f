import type { Adapter, Column, Dialect, Session } from '../adapter.ts'
import { buildChecks, type CheckedRows, failingOf, hasPassed } from '../checks/build.ts'
import type { Check, CheckOutcome } from '../checks/check.ts'
import type { CompiledCheck, CompiledProject, CompiledRelation, CompiledSource } from '../compile/compiled.ts'
import type { Window } from '../compile/symbols.ts'
import { diagnostic } from '../diagnostics/diagnostic.ts'
import type { Partition } from '../time/interval.ts'
import type { SqlTexts } from './attempt.ts'
import { boundChecks } from './bound-checks.ts'
import { ChecksUnevaluated, withUserSql } from './diagnose.ts'
import { hidesBehind, readsHidden, withoutValues } from './hidden.ts'

/** Failing rows that are kept of one check. */
export const SAMPLE_ROWS = 20

/** One partition's rows, ready to be checked. */
export interface Subject {
  readonly node: CompiledRelation | CompiledSource
  readonly partition?: Partition
  readonly window?: Window
  readonly rows: CheckedRows
  /** The columns of the rows, for samples. */
  readonly columns: readonly Column[]
  /** Those of the node's checks to run; left out for all. */
  readonly checks?: readonly Check[]
}

export interface CheckingContext {
  readonly project: CompiledProject
  readonly adapter: Adapter
  readonly texts: SqlTexts
}

export interface Checked {
  /** Rows of the partition. */
  readonly rows: number
  readonly outcomes: readonly CheckOutcome[]
}

/** A relation's checks: those of its rows alone, which can run on a stage, and those that read the relation itself, whose rows must stand in it. */
export function splitChecks(
  dialect: Dialect,
  node: CompiledRelation,
): { readonly ofRows: readonly Check[]; readonly ofItself: readonly Check[] } {
  const name = dialect.relation(node.relation)
  const reads = (condition: string | undefined) => condition?.includes(name) ?? false
  const readsItself = (check: Check) =>
    (check.kind === 'relationships' && check.to === node.name) ||
    reads(check.where) ||
    (check.kind === 'expression' && reads(check.expression))
  return {
    ofRows: node.checks.filter((check) => !readsItself(check)),
    ofItself: node.checks.filter(readsItself),
  }
}

/** Runs all set-based checks of one partition as one query, then samples what failed, then custom checks. */
export async function runChecks(
  context: CheckingContext,
  session: Session,
  subject: Subject,
  gates: readonly CompiledCheck[],
): Promise<Checked> {
  const { node, checks = node.checks } = subject
  const bound = await evaluating(context, node, undefined, () =>
    boundChecks(context, session, checks, subject.columns),
  )
  const built = buildChecks(context.adapter.dialect, bound, subject.rows, (name) =>
    physicalName(context, name),
  )
  const [counts] = await evaluating(context, node, built.counts, () => session.query(built.counts))
  const outcomes: CheckOutcome[] = []
  for (const [index, check] of checks.entries()) {
    const count = Number(counts![`c${index}`])
    const passed = hasPassed(check, count)
    const query = passed ? undefined : built.sample(index, sampledColumns(context, subject), SAMPLE_ROWS)
    const sample = query === undefined ? [] : await session.query(query)
    outcomes.push({ ...identity(subject, check), passed, failing: failingOf(check, count), sample })
  }
  for (const gate of gates) outcomes.push(await runCustomCheck(context, session, gate, subject))
  return { rows: Number(counts!.row_count), outcomes }
}

/** Runs one custom check: it passes when its query selects no row. */
export async function runCustomCheck(
  context: CheckingContext,
  session: Session,
  check: CompiledCheck,
  subject: Pick<Subject, 'partition' | 'window'> & { readonly node: { readonly name: string } },
): Promise<CheckOutcome> {
  const sql = await context.texts.check(check.name, subject.window)
  const prefix = 'select count(*) as failing from (\n'
  const [row] = await withUserSql(sql, prefix.length, () =>
    session.query(`${prefix}${sql.text}\n) as failing_rows`),
  )
  const failing = Number(row!.failing)
  const sample =
    failing === 0 || readsHidden(context.project.nodes, check)
      ? []
      : await session.query(`select * from (\n${sql.text}\n) as failing_rows limit ${SAMPLE_ROWS}`)
  return {
    name: check.name,
    kind: 'custom',
    severity: check.severity,
    model: subject.node.name,
    ...(subject.partition === undefined ? {} : { partition: subject.partition.key }),
    passed: failing === 0,
    failing,
    sample,
  }
}

/** Columns that samples may show. A view's columns can be others' under new names. */
export function sampledColumns(
  context: CheckingContext,
  subject: Pick<Subject, 'node' | 'columns'>,
): readonly string[] {
  const { nodes } = context.project
  const isView = subject.node.kind === 'model' && subject.node.config.materialized === 'view'
  if (isView && subject.node.upstream.some((name) => hidesBehind(nodes, nodes.get(name)))) return []
  const hidden = new Set(
    subject.node.columns.filter((column) => !column.sample).map((column) => column.name.toLowerCase()),
  )
  return subject.columns.map((column) => column.name).filter((name) => !hidden.has(name.toLowerCase()))
}

/** What of an outcome is known before the check has run. */
export function identity(subject: Pick<Subject, 'node' | 'partition'>, check: Check) {
  return {
    name: check.name,
    kind: check.kind,
    severity: check.severity,
    model: subject.node.name,
    ...(subject.partition === undefined ? {} : { partition: subject.partition.key }),
    ...(check.kind === 'row_count' ? { expected: limitsOf(check) } : {}),
  }
}

function limitsOf({ min, max }: Extract<Check, { kind: 'row_count' }>) {
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }
}

export function physicalName(context: CheckingContext, name: string): string {
  const node = context.project.nodes.get(name)
  if (node === undefined || node.kind === 'check') throw new Error(`no relation ${name}`)
  return node.kind === 'source' ? node.sql : context.adapter.dialect.relation(node.relation)
}

/** Says of an error of the engine that it was a check that could not be evaluated, by this query if it is one. */
export async function evaluating<T>(
  context: CheckingContext,
  node: CompiledRelation | CompiledSource,
  sql: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const found = context.adapter.explain(error)
    const explained = readsHidden(context.project.nodes, node) ? withoutValues(found) : found
    const isOurs = [
      'syntax',
      'unknown_column',
      'unknown_function',
      'unknown_relation',
      'type',
      'other',
    ].includes(explained.kind)
    if (!isOurs) throw error
    const place = node.checks.find((check) => check.place !== undefined)?.place ?? {
      file: node.path,
      line: 1,
      column: 1,
    }
    const problem = diagnostic('SL621', {
      message: `the checks of ${node.name} cannot be evaluated: ${explained.message}`,
      model: node.name,
      place,
      ...(explained.hint === undefined ? {} : { hint: explained.hint }),
    })
    throw new ChecksUnevaluated(problem, error, sql)
  }
}
