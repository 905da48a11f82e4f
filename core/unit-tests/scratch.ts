import type { Column, RelationName, Session } from '../adapter.ts'
import { STUB_SCHEMA } from '../bind/binder.ts'
import { stubName } from '../bind/stubs.ts'
import { type CompiledRelation, type CompiledSource, hasRows } from '../compile/compiled.ts'
import { sentence } from '../config/schema/values.ts'
import { inferCsv } from '../csv/infer.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { refusalDiagnostics } from '../sql/refusals.ts'
import { refused } from './resolve.ts'
import type { TestWorld } from './test-world.ts'
import type { Cell, RowsConfig, UnitTest } from './unit-test.ts'
import { jsonOf, textOf, WrittenNumber } from './written-number.ts'

/** Relations of one test, made in its transaction. */
export class Scratch {
  private readonly world: TestWorld
  private readonly session: Session
  private readonly test: UnitTest
  private readonly schemas = new Set<string>()

  constructor(world: TestWorld, session: Session, test: UnitTest) {
    this.world = world
    this.session = session
    this.test = test
  }

  /** Where rows of a relation of the project stand. */
  nameOf(relation: string): RelationName {
    const node = this.world.project.nodes.get(relation)
    if (!hasRows(node)) throw new Error(`no relation ${relation}`)
    return inOwnSchema(this.world, node)
  }

  /** Makes a relation of the project with these rows; without types that are known, with those that the rows look like. */
  async fill(
    relation: string,
    rows: RowsConfig | undefined,
    alsoKnown: readonly Column[] = [],
  ): Promise<void> {
    const bound = this.world.relations.get(relation)
    const known = bound?.kind === 'bound' ? bound.columns : alsoKnown.length > 0 ? alsoKnown : undefined
    const columns = known ?? (await this.inferred(relation, rows))
    const name = this.nameOf(relation)
    await this.create(name, columns)
    if (rows !== undefined) await this.insert(relation, name, columns, rows)
  }

  /** Makes a table of the test's own with these rows; its columns have the given types. */
  async table(
    table: string,
    what: string,
    columns: readonly Column[],
    rows: RowsConfig,
  ): Promise<RelationName> {
    const name = { schema: `${this.world.schemaPrefix}own`, name: table }
    await this.create(name, columns)
    await this.insert(what, name, columns, rows)
    return name
  }

  /** Columns of given rows in their order. Checks that a query is nothing but a query over nothing. */
  async columnsOf(what: string, rows: RowsConfig): Promise<readonly string[]> {
    if (rows.kind === 'rows') return rows.columns
    const described = await this.describe(what, rows.sql)
    return described.map((column) => column.name)
  }

  private async create(name: RelationName, columns: readonly Column[]): Promise<void> {
    const { dialect } = this.world.adapter
    if (!this.schemas.has(name.schema)) await this.session.execute(dialect.createSchema(name.schema))
    this.schemas.add(name.schema)
    await this.session.execute(dialect.createTable(name, columns))
  }

  private async insert(
    what: string,
    name: RelationName,
    columns: readonly Column[],
    rows: RowsConfig,
  ): Promise<void> {
    const { dialect } = this.world.adapter
    const target = dialect.relation(name)
    const names = await this.columnsOf(what, rows)
    const chosen = names.map((written) => this.columnNamed(what, columns, written))
    if (rows.kind === 'rows' && rows.rows.length === 0) return
    const select = rows.kind === 'sql' ? rows.sql : this.values(chosen, rows.rows)
    if (rows.kind === 'rows' && chosen.length === 0) {
      for (const _ of rows.rows) await this.session.execute(`insert into ${target} default values`)
      return
    }
    const insert = dialect.insertByName(
      target,
      chosen.map((column) => column.name),
      select,
    )
    await this.fitting(what, () => this.session.execute(insert.sql))
  }

  private values(columns: readonly Column[], rows: readonly (readonly Cell[])[]): string {
    const { dialect } = this.world.adapter
    const names = columns.map(({ name }) => dialect.quote(name))
    return rows
      .map((row) => {
        const cells = columns.map(
          (column, index) => `${this.value(row[index]!, column.type)} as ${names[index]}`,
        )
        return `select ${cells.join(', ')}`
      })
      .join('\nunion all\n')
  }

  private value(cell: Cell, type: string): string {
    const { dialect } = this.world.adapter
    if (cell === null) return `cast(null as ${type})`
    if (typeof cell === 'boolean') return `cast(${dialect.literal(cell)} as ${type})`
    if (typeof cell !== 'object' || cell instanceof WrittenNumber)
      return `cast(${dialect.literal(textOf(cell, type))} as ${type})`
    return dialect.fromJson(jsonOf(cell), type)
  }

  private columnNamed(what: string, columns: readonly Column[], written: string): Column {
    const { dialect } = this.world.adapter
    const exact = columns.find((column) => column.name === written)
    const found =
      exact ?? columns.find((column) => dialect.fold(column.name, true) === dialect.fold(written, false))
    if (found !== undefined) return found
    const near = didYouMean(
      written,
      columns.map((column) => column.name),
    )
    throw refused('SL170', this.test, {
      message: `${what} has no column \`${written}\``,
      hint:
        near === undefined
          ? `Its columns are ${columns.map((column) => column.name).join(', ')}.`
          : sentence(near)!,
    })
  }

  private async inferred(relation: string, rows: RowsConfig | undefined): Promise<readonly Column[]> {
    if (rows?.kind === 'sql') return this.describe(relation, rows.sql)
    if (rows === undefined || rows.columns.length === 0) {
      throw refused('SL171', this.test, {
        message: `nobody says which columns ${relation} has`,
        hint: `Give rows of it, declare its columns, or capture them: \`sluice sources pull --select ${relation}\`.`,
      })
    }
    const lines = [rows.columns, ...rows.rows.map((row) => row.map(spelled))]
    const { columns } = inferCsv(lines.map((line) => line.map(csvField).join(',')).join('\n'), ',', relation)
    return columns.map(({ name, type }) => ({ name, type: this.world.csvTypes[type] }))
  }

  /** Columns of a query that a person wrote; refused if it is more than a query, or reads anything. */
  private async describe(what: string, sql: string): Promise<readonly Column[]> {
    const { parser, adapter } = this.world
    const [parsed] = await parser.parse([sql])
    if (!parsed!.ok) {
      throw refused('SL171', this.test, {
        message: `the query for ${what}: ${parsed!.error.message}`,
        hint: 'Write one SELECT, for example `select 1 as id`.',
      })
    }
    const { query } = parsed!
    const [refusal] = refusalDiagnostics(query, { allowFunctions: [], allowFiles: false }, () => ({
      place: this.test.place,
      via: [],
    }))
    const [table] = query.tables
    if (refusal !== undefined || table !== undefined) {
      throw refused('SL171', this.test, {
        message: `the query for ${what}: ${refusal?.message ?? `it reads \`${table!.parts.join('.')}\``}`,
        hint: 'It may only make rows: a test depends on nothing but itself.',
      })
    }
    return this.fitting(what, () => adapter.catalog.describe(this.session, sql))
  }

  private async fitting<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof SluiceError) throw error
      const { message, kind } = this.world.adapter.explain(error)
      if (['disconnected', 'unreachable', 'canceled'].includes(kind)) throw error
      throw refused('SL671', this.test, {
        message: `the rows of ${what} do not fit: ${message}`,
        hint: 'Correct the value, or the type of the column.',
      })
    }
  }
}

/** Where the rows of a node stand while it is tested. */
export function inOwnSchema(
  world: Pick<TestWorld, 'schemaPrefix'>,
  node: CompiledRelation | CompiledSource,
): RelationName {
  const { schema, name } = stubName(node)
  return { schema: schema.replace(STUB_SCHEMA, world.schemaPrefix), name }
}

function spelled(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell !== 'object') return String(cell)
  return cell instanceof WrittenNumber ? textOf(cell, '') : jsonOf(cell)
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) || text.trim() !== text ? `"${text.replaceAll('"', '""')}"` : text
}
