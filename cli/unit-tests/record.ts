import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Adapter, Column } from '../../core/adapter.ts'
import { type CompiledModel, type CompiledNode, hasRows } from '../../core/compile/compiled.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { readWindows } from '../../core/plan/edges.ts'
import type { Interval, Partition } from '../../core/time/interval.ts'
import type { TextRow } from '../../core/unit-tests/compare.ts'
import { loadUnitTests } from '../../core/unit-tests/load.ts'
import { caseNames, type RecordedRows, withCase } from '../../core/unit-tests/record.ts'
import { resolveTest } from '../../core/unit-tests/resolve.ts'
import { produce } from '../../core/unit-tests/run-test.ts'
import type { RowsConfig, UnitTest } from '../../core/unit-tests/unit-test.ts'
import type { Invocation } from '../command.ts'
import { reasonOfFileError } from '../diagnostics/file.ts'
import { type ExitCode, exitCodes } from '../exit.ts'
import { namedRelation } from '../named-relation.ts'
import { partitionColumnType, windowCondition } from '../published-rows.ts'
import { jsonLine } from '../text/json.ts'
import { counted } from '../text/quantity.ts'
import type { Workspace } from '../workspace.ts'
import { openWorld, workspaceWith } from './world.ts'

/** Rows of one relation that a case holds, unless told otherwise. */
const MOST_ROWS = 20

/** Writes a case from rows that are published: some of what the model reads, and what it makes of those. */
export async function recordTest(invocation: Invocation): Promise<ExitCode> {
  const { options, format, terminal } = invocation
  const workspace = await workspaceWith(invocation, {})
  const { project } = workspace.project
  const model = testedModel(workspace, options.record!)
  const limit = options.maxRows ?? MOST_ROWS
  const test = emptyTest(model, options.partition, options.testName)
  const { partition } = resolveTest(workspace.project, test)
  const file = `tests/${model.name.replaceAll('.', '/')}.yml`
  refuseToMend(project.root, file)
  const given = await readInputs(workspace, invocation, model, partition, limit)
  const expect = await rowsOf(workspace, invocation, model, withGiven(test, given))
  const name = write(join(project.root, file), file, test, {
    given: given.map(({ relation, rows }) => [relation, rows]),
    expect,
    vars: options.vars ?? {},
  })
  const cut = given.filter(({ isCut }) => isCut)
  if (format === 'json')
    terminal.out.write(jsonLine({ test: name, model: model.name, file, rows: expect.rows.length }))
  else if (!options.quiet) {
    const { style } = terminal.out
    terminal.out.write(
      `${style.green('✓')} ${style.bold(name)} of ${model.name} in ${file}: ${counted(expect.rows.length, 'row')} expected\n`,
    )
    if (cut.length > 0)
      terminal.out.write(
        style.dim(
          `  the first ${limit} rows only of ${cut.map(({ relation }) => relation).join(', ')}; --max-rows takes more\n`,
        ),
      )
  }
  return exitCodes.good
}

/** A file that cannot be read is not written to: what stands in it could be lost. */
function refuseToMend(root: string, file: string): void {
  const problems = loadUnitTests(root).problems.filter(({ place }) => place?.file === file)
  if (problems.length > 0) throw new SluiceError(problems)
}

function testedModel(workspace: Workspace, name: string): CompiledModel {
  const node = namedRelation(workspace.project, name)
  if (node.kind === 'model') return node
  throw SluiceError.of('SL672', { message: `${node.name} is a seed`, hint: 'Name a model.' })
}

function emptyTest(model: CompiledModel, partition: string | undefined, name: string | undefined): UnitTest {
  return {
    name: name ?? (partition === undefined ? `${model.name} as recorded` : `${model.name} of ${partition}`),
    model: model.name,
    ...(partition === undefined ? {} : { partition }),
    vars: {},
    given: {},
    expect: { rows: { kind: 'rows', columns: [], rows: [] }, isWhole: false, isOrdered: false },
    place: { file: model.path, line: 1, column: 1 },
  }
}

interface Input {
  readonly relation: string
  readonly rows: RecordedRows
  /** There are more. */
  readonly isCut: boolean
}

function withGiven(test: UnitTest, inputs: readonly Input[]): UnitTest {
  const given = inputs.map(({ relation, rows }): readonly [string, RowsConfig] => [
    relation,
    { kind: 'rows', columns: rows.columns.map(({ name }) => name), rows: rows.rows },
  ])
  return { ...test, given: Object.fromEntries(given) }
}

async function readInputs(
  workspace: Workspace,
  { signal }: Invocation,
  model: CompiledModel,
  partition: Partition | undefined,
  limit: number,
): Promise<readonly Input[]> {
  const { nodes } = workspace.project
  const adapter = await workspace.connect({ readOnly: true })
  try {
    const windows = partition === undefined ? new Map() : readWindows(nodes, model, partition)
    const inputs: Input[] = []
    for (const name of [...model.upstream, ...(model.readsItself ? [model.name] : [])]) {
      const window: Interval | undefined = windows.get(name) ?? partition
      inputs.push(await inputOf(adapter, nodes.get(name)!, window, limit, signal))
    }
    return inputs
  } finally {
    await adapter.close()
  }
}

async function inputOf(
  adapter: Adapter,
  node: CompiledNode,
  window: Interval | undefined,
  limit: number,
  signal: AbortSignal,
): Promise<Input> {
  if (!hasRows(node)) throw new Error(`${node.name} has no rows`)
  const { dialect, catalog } = adapter
  const from = node.kind === 'source' ? node.sql : dialect.relation(node.relation)
  return adapter.session(async (session) => {
    try {
      const columns = await catalog.describe(session, `select * from ${from}`)
      const type = node.kind === 'model' ? partitionColumnType(adapter, node, columns) : undefined
      const where =
        window === undefined || node.kind !== 'model' || type === undefined
          ? ''
          : ` where ${windowCondition(dialect, node, window, type, columns)('r')}`
      const hidden = new Set(
        node.columns.filter(({ sample }) => !sample).map(({ name }) => dialect.fold(name, false)),
      )
      const texts = columns.map(({ name }, index) =>
        // What must not be kept in samples must not come into a repository either.
        hidden.has(dialect.fold(name, true))
          ? `cast(null as text) as c${index}`
          : `cast(r.${dialect.quote(name)} as text) as c${index}`,
      )
      const order = columns.map((_, index) => String(index + 1)).join(', ')
      const rows = await session.query(
        `select ${texts.join(', ')} from ${from} as r${where} order by ${order} limit ${limit + 1}`,
      )
      const read = rows.map(
        (row): TextRow => columns.map((_, index) => (row[`c${index}`] ?? null) as string | null),
      )
      return {
        relation: node.name,
        rows: { columns, rows: read.slice(0, limit) },
        isCut: read.length > limit,
      }
    } catch (error) {
      if (error instanceof SluiceError) throw error
      throw SluiceError.of(
        'SL672',
        {
          message: `the rows of ${node.name} cannot be read: ${adapter.explain(error).message}`,
          model: node.name,
          hint: 'Build what the model reads first.',
          ...(node.kind === 'source' ? {} : { next: `run --select +${node.name}` }),
        },
        { cause: error },
      )
    }
  }, signal)
}

/** What the model makes of the rows, in an order that is the same every time. */
async function rowsOf(
  workspace: Workspace,
  invocation: Invocation,
  model: CompiledModel,
  test: UnitTest,
): Promise<RecordedRows> {
  const opened = await openWorld(invocation, workspace, new Set([model.name]))
  try {
    const produced = await produce(opened.world, test, invocation.signal)
    if ('code' in produced) throw new SluiceError([produced])
    const columns: readonly Column[] = produced.columns
    const rows = [...produced.rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
    return { columns, rows }
  } finally {
    await opened.close()
  }
}

/** Adds the case to the file, under a name that no other has, and tells the name. */
function write(
  path: string,
  shown: string,
  { name, model, partition }: UnitTest,
  recorded: Pick<Parameters<typeof withCase>[1], 'given' | 'expect' | 'vars'>,
): string {
  try {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : undefined
    const taken = new Set(text === undefined ? [] : caseNames(text))
    let free = name
    for (let number = 2; taken.has(free); number++) free = `${name} (${number})`
    mkdirSync(dirname(path), { recursive: true })
    const all = { name: free, model, ...(partition === undefined ? {} : { partition }), ...recorded }
    replaceFile(path, withCase(text, all))
    return free
  } catch (error) {
    throw SluiceError.of(
      'SL909',
      { message: `cannot write ${shown}: ${reasonOfFileError(error)}` },
      { cause: error },
    )
  }
}

/** Whoever is killed meanwhile, or has no room left, leaves the file as it was. */
function replaceFile(path: string, text: string): void {
  const real = existsSync(path) ? realpathSync(path) : path
  const next = `${real}.${process.pid}.new`
  try {
    writeFileSync(next, text)
    renameSync(next, real)
  } finally {
    rmSync(next, { force: true })
  }
}
