import type { JSX } from 'preact'
import { slugOf } from '../../core/docs/address.ts'
import type { ColumnDoc, ColumnStep, NodeLine, Role } from '../../core/docs/api.ts'
import { traceHref } from './lineage-link.ts'
import { MarkdownText } from './markdown.tsx'
import { countText } from './quantity.ts'
import { ScrollRegion } from './scroll-region.tsx'
import { useSite } from './site-context.ts'

export interface ColumnTableProps {
  readonly relation: string
  readonly columns: readonly ColumnDoc[]
  /** Relations around it: what steps of lineage lead to. */
  readonly neighbors: readonly NodeLine[]
  readonly note?: string
}

/** The columns of a relation: what they are, what is promised of them, what they are made of and who reads them. */
export function ColumnTable({ relation, columns, neighbors, note }: ColumnTableProps): JSX.Element {
  const kinds = new Map(neighbors.map((node) => [node.name, node]))
  const has = {
    promises: columns.some((column) => column.contract !== undefined || column.checks.length > 0),
    sources: columns.some((column) => column.sources.length > 0),
    readers: columns.some((column) => column.readers.length > 0),
  }
  return (
    <>
      {note !== undefined && <p class="note">{note}</p>}
      {columns.length === 0 ? (
        note === undefined && <p class="empty">No columns are known.</p>
      ) : (
        <ScrollRegion label="Columns">
          <table class="columns">
            <thead>
              <tr>
                <th scope="col">Column</th>
                <th scope="col">Type</th>
                <th scope="col">Description</th>
                {has.promises && <th scope="col">Promised and checked</th>}
                {has.sources && <th scope="col">Made of</th>}
                {has.readers && <th scope="col">Read by</th>}
              </tr>
            </thead>
            <tbody>
              {columns.map((column) => (
                <tr key={column.name} id={columnId(column.name)}>
                  <th scope="row">
                    <ColumnName relation={relation} column={column} />
                  </th>
                  <td class="mono column-type">{column.type}</td>
                  <td class="column-description">
                    {column.description !== undefined && <MarkdownText text={column.description} />}
                  </td>
                  {has.promises && (
                    <td>
                      <Promises column={column} />
                    </td>
                  )}
                  {has.sources && (
                    <td>
                      <Steps steps={column.sources} nodes={kinds} />
                    </td>
                  )}
                  {has.readers && (
                    <td>
                      <Steps steps={column.readers} nodes={kinds} />
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </>
  )
}

/** What `#` leads to a column. */
export function columnId(column: string): string {
  return `column-${slugOf(column)}`
}

function ColumnName({
  relation,
  column,
}: {
  readonly relation: string
  readonly column: ColumnDoc
}): JSX.Element {
  const { link } = useSite()
  return (
    <>
      <a
        class="mono column-name"
        href={traceHref(link, relation, column.name)}
        title="Follow this column through the lineage"
      >
        {column.name}
      </a>
      {column.roles.map((role) => (
        <span key={role} class="chip">
          {role}
        </span>
      ))}
    </>
  )
}

function Promises({ column }: { readonly column: ColumnDoc }): JSX.Element {
  const { contract, checks } = column
  return (
    <ul class="plain-list column-promises">
      {contract !== undefined && (
        <li>
          contract: <span class="mono">{contract.type ?? 'any type'}</span>
          {contract.nullable ? '' : ', never null'}
        </li>
      )}
      {checks.map((check) => (
        <li key={check} class="column-check">
          {check}
        </li>
      ))}
    </ul>
  )
}

/** Values flow by these; by the others a column only decides which rows there are, or in what order. */
const valueRoles: readonly Role[] = ['copied', 'transformed', 'aggregated']

const roleWords: Readonly<Record<Role, string>> = {
  copied: 'copied',
  transformed: 'transformed',
  aggregated: 'aggregated',
  filter: 'filtered by',
  join: 'joined on',
  group: 'grouped by',
  order: 'ordered by',
}

/** More are folded away. */
const mostSteps = 5

interface StepsProps {
  readonly steps: readonly ColumnStep[]
  readonly nodes: ReadonlyMap<string, NodeLine>
}

function Steps({ steps, nodes }: StepsProps): JSX.Element | null {
  if (steps.length === 0) return null
  const sorted = [...steps].sort((a, b) => weight(a) - weight(b))
  const [first, rest] = [sorted.slice(0, mostSteps), sorted.slice(mostSteps)]
  const list = (some: readonly ColumnStep[]): JSX.Element => (
    <ul class="plain-list column-steps">
      {some.map((step, index) => (
        <li key={index} class={valueRoles.includes(step.role) ? 'step' : 'step step-rows'}>
          <Step step={step} node={nodes.get(step.relation)} />
        </li>
      ))}
    </ul>
  )
  return (
    <>
      {list(first)}
      {rest.length > 0 && (
        <details>
          <summary class="small">{countText(rest.length)} more</summary>
          {list(rest)}
        </details>
      )}
    </>
  )
}

function weight(step: ColumnStep): number {
  return valueRoles.includes(step.role) ? 0 : 1
}

/** The relation leads to its page, the column to its trace. */
function Step({
  step,
  node,
}: {
  readonly step: ColumnStep
  readonly node: NodeLine | undefined
}): JSX.Element {
  const { link } = useSite()
  return (
    <>
      <span class="step-role">{roleWords[step.role]}</span>{' '}
      <span class="mono step-name">
        {node === undefined ? (
          step.relation
        ) : (
          <a href={`${link(node)}#${columnId(step.column)}`}>{step.relation}</a>
        )}
        .<wbr />
        <a href={traceHref(link, step.relation, step.column)} title="Follow this column through the lineage">
          {step.column}
        </a>
      </span>
    </>
  )
}
