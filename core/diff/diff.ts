import type { Dialect } from '../adapter.ts'
import { type CompiledModel, type CompiledNode, ownerOf } from '../compile/compiled.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { aspects } from '../graph/selector.ts'
import type { QueryLineage } from '../lineage/lineage.ts'
import type { SqlParser } from '../sql/parser.ts'
import { causesOf } from './causes.ts'
import { type ColumnRules, columnChanges, type SideColumns } from './columns.ts'
import type { QueryDifference } from './compare-queries.ts'
import type { ColumnChange, NodeDiff, PartChange, ProjectDiff } from './difference.ts'
import { impactOf, orderOfBoth } from './impact.ts'
import { shownSql } from './logical-sql.ts'
import { differenceOf, namedAlike, type OwnSql, ownSqlOf } from './own-sql.ts'
import { partsThatDiffer } from './parts.ts'
import { renamesOf } from './renames.ts'
import { nodeOf, type Side, type SideNode } from './side.ts'
import { unifiedDiff } from './unified.ts'

export interface DiffEngine {
  readonly dialect: Dialect
  readonly parser: SqlParser
}

/** How two versions of a project differ, and who is hit. */
export async function diffProjects(before: Side, after: Side, engine: DiffEngine): Promise<ProjectDiff> {
  return new Differ(before, after, engine).diff()
}

class Differ {
  private readonly before: Side
  private readonly after: Side
  private readonly engine: DiffEngine
  private readonly rules: ColumnRules
  private readonly gaps = new Set<string>()
  /** Columns that have another name now: by relation and key of before, the key of after. */
  private readonly renamedColumns = new Map<string, string>()
  /** Relations whose columns differ, found so far. */
  private readonly otherColumns = new Set<string>()

  constructor(before: Side, after: Side, engine: DiffEngine) {
    this.before = before
    this.after = after
    this.engine = engine
    const { dialect } = engine
    this.rules = {
      key: (name) => dialect.fold(name, true),
      widens: (from, to) => dialect.widens(from, to),
    }
  }

  async diff(): Promise<ProjectDiff> {
    const { before, after } = this
    if (before.compiled === undefined)
      this.gaps.add(
        'the manifest is of another version of Sluice: it says what changed, but not which columns and whom it hits',
      )
    const removed = [...before.definitions.keys()].filter((name) => !after.definitions.has(name))
    const added = [...after.definitions.keys()].filter((name) => !before.definitions.has(name))
    const renamed = await renamesOf(before, after, { removed, added }, this.engine)
    const oldNames = new Set(renamed.values())
    const pairs = [...after.definitions.values()].flatMap((node) => {
      const old = before.definitions.get(renamed.get(node.name) ?? node.name)
      return old === undefined ? [] : [{ old, node }]
    })
    const sql = await this.ownSql(pairs, (name) => renamed.get(name) ?? name)
    const nodes: NodeDiff[] = []
    for (const name of removed)
      if (!oldNames.has(name)) nodes.push(this.whole(before.definitions.get(name)!, before, 'removed'))
    const byName = new Map(pairs.map((pair) => [pair.node.name, pair]))
    for (const node of after.definitions.values()) {
      const pair = byName.get(node.name)
      if (pair === undefined) nodes.push(this.whole(node, after, 'added'))
      else {
        const found = await this.pair(pair.old, node, sql)
        if (found !== undefined) nodes.push(found)
      }
    }
    return {
      nodes,
      impact: await this.impact(nodes),
      problems: this.newProblems(),
      gaps: [...this.gaps],
    }
  }

  /** SQL of models whose fingerprints differ, on both sides. */
  private async ownSql(
    pairs: readonly { readonly old: SideNode; readonly node: SideNode }[],
    oldName: (name: string) => string,
  ): Promise<{ readonly before: ReadonlyMap<string, OwnSql>; readonly after: ReadonlyMap<string, OwnSql> }> {
    const changed = pairs.filter(({ old, node }) => old.definition.body !== node.definition.body)
    const models = (side: Side, names: readonly string[]) =>
      names.flatMap((name): readonly CompiledModel[] => {
        const found = nodeOf(side, name)
        return found?.kind === 'model' ? [found] : []
      })
    const { dialect, parser } = this.engine
    const after = await ownSqlOf(
      models(
        this.after,
        changed.map(({ node }) => node.name),
      ),
      dialect,
      parser,
      oldName,
    )
    const before = await ownSqlOf(
      models(
        this.before,
        changed.map(({ old }) => old.name),
      ),
      dialect,
      parser,
    )
    const named = changed.map(({ old, node }) => ({ name: old.name, after: after.get(node.name) }))
    return { before: await namedAlike(before, named, parser), after }
  }

  private whole(node: SideNode, side: Side, status: 'added' | 'removed'): NodeDiff {
    const { name, kind, path, materialization } = node
    const columns = columnsOf(side, name)?.columns ?? []
    return {
      ...{
        status,
        name,
        kind,
        path,
        materialization,
        parts: [],
        isEdited: false,
        causes: [],
        rows: { by: [] },
        sql: [],
      },
      columns: columns.map(({ name: column, type }) => ({ kind: status, column, type })),
    }
  }

  private async pair(
    old: SideNode,
    node: SideNode,
    sql: Awaited<ReturnType<Differ['ownSql']>>,
  ): Promise<NodeDiff | undefined> {
    const { name, kind, path, materialization } = node
    const a = nodeOf(this.before, old.name)
    const b = nodeOf(this.after, name)
    const oldSql = sql.before.get(old.name)
    const newSql = sql.after.get(name)
    const query = oldSql === undefined || newSql === undefined ? undefined : differenceOf(oldSql, newSql)
    const isRenamed = old.name !== name
    const parts = this.parts(old, node, a, b, query !== undefined)
    const columns = this.mayHaveOtherColumns(old, node) ? await this.columns(old.name, name, query) : []
    if (columns.length > 0) this.otherColumns.add(name)
    if (parts.length === 0 && columns.length === 0 && !isRenamed) return undefined
    const common = { name, kind, path, materialization, parts, columns }
    const isUntouched = parts.length === 0 && !isRenamed
    const paths = { before: old.path, after: path }
    return {
      ...common,
      ...(isRenamed
        ? { status: 'renamed', from: old.name }
        : { status: isUntouched ? 'follows' : 'changed' }),
      ...(query === undefined
        ? { isEdited: false, causes: [] }
        : causesOf(this.before.templates, this.after.templates, paths)),
      rows: { by: rowsBy(parts, query) },
      ...(query !== undefined &&
      columns.length + query.columns.size + query.rows.size === 0 &&
      this.knows(old.name, name)
        ? { returnsTheSame: true as const }
        : {}),
      sql: query === undefined ? [] : unifiedDiff(sqlOf(a), sqlOf(b)),
    }
  }

  /** Columns follow from what a relation says itself and from those of what it reads: where neither differs, nobody has to look at them. */
  private mayHaveOtherColumns(old: SideNode, node: SideNode): boolean {
    const isOther = aspects.some((aspect) => old.definition[aspect] !== node.definition[aspect])
    const read = nodeOf(this.after, node.name)?.upstream ?? []
    return isOther || old.name !== node.name || read.some((name) => this.otherColumns.has(name))
  }

  /** Whether the columns of a relation are known on both sides. */
  private knows(oldName: string, name: string): boolean {
    return columnsOf(this.before, oldName) !== undefined && columnsOf(this.after, name) !== undefined
  }

  private parts(
    old: SideNode,
    node: SideNode,
    a: CompiledNode | undefined,
    b: CompiledNode | undefined,
    sqlDiffers: boolean,
  ): readonly PartChange[] {
    const definitions = { before: old.definition, after: node.definition }
    if (a !== undefined && b !== undefined) {
      const isCheck = a.kind === 'check' && definitions.before.body !== definitions.after.body
      return partsThatDiffer(a, b, definitions, sqlDiffers || isCheck)
    }
    const named = [
      ['body', 'sql'],
      ['layout', 'partition'],
      ['contract', 'contract'],
      ['checks', 'checks'],
      ['configs', 'config'],
    ] as const
    return named
      .filter(([aspect]) => old.definition[aspect] !== node.definition[aspect])
      .map(([, part]) => ({ part, details: [] }))
  }

  private async columns(
    oldName: string,
    name: string,
    query: QueryDifference | undefined,
  ): Promise<readonly ColumnChange[]> {
    const kind = this.after.definitions.get(name)!.kind
    if (kind === 'check' || kind === 'exposure') return []
    const before = columnsOf(this.before, oldName)
    const after = columnsOf(this.after, name)
    if (before === undefined || after === undefined) {
      if (query !== undefined) this.gaps.add(this.unknownColumns(before === undefined ? oldName : name))
      return [...(query?.columns ?? [])].map((column) => ({ kind: 'values', column }))
    }
    const nulls = async (side: Side, relation: string) =>
      new Map(
        [...((await side.lineage?.nullability(relation)) ?? [])].map(([column, each]) => [
          this.rules.key(column),
          each,
        ]),
      )
    const same = query === undefined ? undefined : await this.copies(oldName, name, query)
    const sides: readonly [SideColumns, SideColumns] = [
      { columns: before.columns, nulls: await nulls(this.before, oldName) },
      { columns: after.columns, nulls: await nulls(this.after, name) },
    ]
    const found = columnChanges(...sides, same, this.rules)
    for (const change of found)
      if (change.kind === 'renamed')
        this.renamedColumns.set(idOf(oldName, this.rules.key(change.column)), this.rules.key(change.to))
    return found
  }

  /** What differs, but for columns that are copied as before from what has another name now. */
  private async copies(oldName: string, name: string, query: QueryDifference): Promise<QueryDifference> {
    if (this.renamedColumns.size === 0 || !this.before.lineage || !this.after.lineage) return query
    const { key } = this.rules
    const copied = (lineage: QueryLineage, idOfSource: (relation: string, column: string) => string) =>
      new Map(
        lineage.columns.flatMap(({ column, sources, unresolved }) => {
          const [source, ...others] = sources
          const isCopy = source?.role === 'copied' && others.length === 0 && unresolved === undefined
          return isCopy ? [[key(column), idOfSource(source.relation, key(source.column))] as const] : []
        }),
      )
    const before = copied(await this.before.lineage.direct(oldName), (relation, column) => {
      const id = idOf(relation, column)
      return idOf(relation, this.renamedColumns.get(id) ?? column)
    })
    const after = copied(await this.after.lineage.direct(name), idOf)
    const columns = [...query.columns].filter(
      (column) => !before.has(column) || before.get(column) !== after.get(column),
    )
    const renamed = new Map(query.renamed)
    for (const [column, source] of before) {
      if (after.has(column) || renamed.has(column)) continue
      const to = [...after].filter(([other, from]) => from === source && !before.has(other))
      if (to.length === 1) renamed.set(column, to[0]![0])
    }
    return { ...query, columns: new Set(columns), renamed }
  }

  private unknownColumns(name: string): string {
    const reasons = [this.before, this.after].flatMap((side) => {
      const bound = side.bound?.relations.get(name)
      return bound?.kind === 'unknown' ? [bound.reason] : []
    })
    const why = reasons[0] === undefined ? '' : `: ${reasons[0]}`
    return `columns of ${name} are not known on both sides, so they are not compared${why}`
  }

  private async impact(nodes: readonly NodeDiff[]) {
    const { before, after } = this
    if (after.compiled === undefined) return []
    // What readers took from the old name they take from the new one.
    const all = nodes.flatMap((node): readonly NodeDiff[] =>
      node.status === 'renamed' ? [node, { ...node, name: node.from, status: 'changed' }] : [node],
    )
    const read = (side: Side, name: string) => nodeOf(side, name)?.upstream ?? []
    return impactOf({
      nodes: all.filter(
        (node) => node.kind !== 'check' && node.kind !== 'exposure' && node.status !== 'follows',
      ),
      order: orderOfBoth(before.compiled?.graph, after.compiled.graph),
      upstream: (name) => [...new Set([...read(before, name), ...read(after, name)])],
      reader: (name) => {
        const node = nodeOf(after, name)
        if (node?.kind === 'exposure') {
          const owner = ownerOf(node)
          return { kind: node.kind, label: node.label, ...(owner === undefined ? {} : { owner }) }
        }
        if (node?.kind !== 'model') return undefined
        return { kind: node.kind, lineages: () => this.lineages(name) }
      },
      key: this.rules.key,
    })
  }

  /** What a model takes from its inputs, as it was and as it is. */
  private async lineages(name: string): Promise<readonly QueryLineage[] | undefined> {
    const found: QueryLineage[] = []
    for (const side of [this.before, this.after])
      if (side.lineage !== undefined && nodeOf(side, name)?.kind === 'model')
        found.push(await side.lineage.direct(name))
    return found.length === 0 ? undefined : found
  }

  private newProblems(): readonly Diagnostic[] {
    const id = ({ code, model, message }: Diagnostic) => JSON.stringify([code, model, message])
    const known = new Set(this.before.bound?.problems.map(id))
    return (this.after.bound?.problems ?? []).filter(
      (each) => each.severity === 'error' && !known.has(id(each)),
    )
  }
}

function idOf(relation: string, key: string): string {
  return `${relation}\0${key}`
}

function columnsOf(side: Side, name: string) {
  const bound = side.bound?.relations.get(name)
  return bound?.kind === 'bound' ? bound : undefined
}

function rowsBy(parts: readonly PartChange[], query: QueryDifference | undefined): NodeDiff['rows']['by'] {
  const isData = parts.some(({ part }) => part === 'data' || part === 'location')
  return [...(query?.rows ?? []), ...(isData ? (['data'] as const) : [])]
}

function sqlOf(node: CompiledNode | undefined): string {
  return node?.kind === 'model' || node?.kind === 'check' ? shownSql(node.sql) : ''
}
