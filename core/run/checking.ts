import type { Dialect, Session } from '../adapter.ts'
import { buildChecks } from '../checks/build.ts'
import type { Check, CheckOutcome } from '../checks/check.ts'
import { type Found, isSetCheck, judge, onlyBounds, type SetCheck } from '../checks/found.ts'
import { judgeCount, type Verdict, withoutValue } from '../checks/judge.ts'
import { isOfHistory, isStatistic, showsValues } from '../checks/kinds.ts'
import type { CompiledCheck, CompiledRelation } from '../compile/compiled.ts'
import { VolumeHistory } from '../gates/volume-history.ts'
import { boundChecks } from './bound-checks.ts'
import { type CheckingContext, evaluating, SAMPLE_ROWS, type Subject } from './check-subject.ts'
import { withUserSql } from './diagnose.ts'
import { hidesBehind, readsHidden } from './hidden.ts'
import { runMacroCheck } from './macro-check.ts'
import { otherRelationsOf } from './other-relations.ts'

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
  const readsItself = (check: Check): boolean => {
    if (reads(check.where)) return true
    switch (check.kind) {
      case 'relationships':
        return check.to === node.name
      case 'expression':
        return reads(check.expression)
      case 'reconcile':
        return (
          check.with === node.name ||
          reads(check.withWhere) ||
          [...check.by, ...check.compare].some((pair) => reads(pair.ours) || reads(pair.theirs))
        )
      case 'macro':
        return check.sql?.parts.some((part) => 'text' in part && reads(part.text)) ?? false
      default:
        return false
    }
  }
  return {
    ofRows: node.checks.filter((check) => !readsItself(check)),
    ofItself: node.checks.filter(readsItself),
  }
}

/** Runs all set-based checks of one partition as one query, then samples what failed, then the others one by one, then custom checks. */
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
  const others = await otherRelationsOf(context, session, subject, bound)
  const built = buildChecks(context.adapter.dialect, bound, subject.rows, others)
  const [counts] = await evaluating(context, node, built.counts, () => session.query(built.counts))
  const { rows, found } = built.read(counts!)
  const outcomes: CheckOutcome[] = []
  const verdicts = new Map<Check, CheckOutcome>()
  for (const [index, check] of bound.entries()) {
    if (isOfHistory(check)) continue
    if (check.kind === 'macro') {
      const { failing, looked, sample } = await runMacroCheck(context, session, subject, check)
      const verdict = judgeCount(check, failing, looked ?? rows)
      verdicts.set(check, outcomeOf(subject, check, verdict, verdict.passed ? [] : sample))
      continue
    }
    if (!isSetCheck(check)) continue
    const verdict = judgeShown(context, subject, check, found[index]!)
    const query = verdict.passed ? undefined : sampleQuery(context, subject, built, check, index)
    const sample = query === undefined ? [] : await session.query(query)
    verdicts.set(check, outcomeOf(subject, check, verdict, sample))
  }
  for (const gate of gates) outcomes.push(await runCustomCheck(context, session, gate, subject))
  const ofHistory = bound.filter(isOfHistory)
  if (ofHistory.length > 0) {
    const history = subject.history ?? (await historyOf(context, subject))
    const { partition } = subject
    await history.load(session, ofHistory, partition === undefined ? [] : [partition])
    for (const check of ofHistory) {
      const judged = {
        rows,
        readAt: context.now().getTime(),
        ...(partition === undefined ? {} : { partition }),
      }
      verdicts.set(check, outcomeOf(subject, check, history.judge(check, judged), []))
    }
  }
  return { rows, outcomes: [...bound.flatMap((check) => verdicts.get(check) ?? []), ...outcomes] }
}

async function historyOf(
  context: CheckingContext,
  { node, isPublished = false }: Subject,
): Promise<VolumeHistory> {
  if (node.kind === 'source') throw new Error(`${node.name} is a source and has no history`)
  return new VolumeHistory(node, {
    ledgerName: context.ledgerName(node.name),
    isPublished,
    startsAnew: false,
    knowsVersions: (await context.adapter.ledgerVersion()) >= 2,
  })
}

/** The verdict of a set-based check, without the number that was measured if that may be a value which nobody may see. */
export function judgeShown(
  context: Pick<CheckingContext, 'project'>,
  subject: Pick<Subject, 'node' | 'columns'>,
  check: SetCheck,
  found: Found,
): Verdict {
  const verdict = judge(check, found)
  const isShown =
    !isStatistic(check) || !showsValues(check) || sampledColumns(context, subject).includes(check.column)
  return isShown ? verdict : withoutValue(verdict)
}

/** The query for a sample of what failed, unless nobody may see it. */
export function sampleQuery(
  context: CheckingContext,
  subject: Pick<Subject, 'node' | 'columns'>,
  built: ReturnType<typeof buildChecks>,
  check: Check,
  index: number,
): string | undefined {
  // Its rows are made of expressions over both sides, which cannot be traced to columns.
  if (check.kind === 'reconcile' && readsHidden(context.project.nodes, subject.node)) return undefined
  return built.sample(index, sampledColumns(context, subject), SAMPLE_ROWS)
}

/** Runs one custom check: it passes when its query selects no row. */
export async function runCustomCheck(
  context: Pick<CheckingContext, 'project' | 'texts'>,
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
  const { severity, ...verdict } = judgeCount(check, failing)
  const sample =
    verdict.passed || readsHidden(context.project.nodes, check)
      ? []
      : await session.query(`select * from (\n${sql.text}\n) as failing_rows limit ${SAMPLE_ROWS}`)
  return {
    name: check.name,
    kind: 'custom',
    severity,
    model: subject.node.name,
    ...(subject.partition === undefined ? {} : { partition: subject.partition.key }),
    ...verdict,
    sample,
  }
}

/** Columns that samples may show. A view's columns can be others' under new names. */
export function sampledColumns(
  context: Pick<CheckingContext, 'project'>,
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

/** The outcome of a declared check. */
export function outcomeOf(
  subject: Pick<Subject, 'node' | 'partition'>,
  check: Check,
  { severity, ...verdict }: Verdict,
  sample: CheckOutcome['sample'],
): CheckOutcome {
  return {
    name: check.name,
    kind: check.kind,
    severity,
    model: subject.node.name,
    ...(subject.partition === undefined ? {} : { partition: subject.partition.key }),
    ...(check.kind === 'row_count' ? { expected: onlyBounds(check) } : {}),
    ...verdict,
    sample,
  }
}
