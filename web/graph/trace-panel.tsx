import type { JSX } from 'preact'
import type { Role } from '../../core/docs/api.ts'
import { useSite } from '../components/site-context.ts'
import { CopyLink } from './copy-link.tsx'
import type { LineageMap } from './lineage-map.ts'
import { isValueRole, type Trace, type TraceStep } from './trace.ts'
import { focusedOn, type GraphView, type TracedColumn, tracing } from './view.ts'

export interface TracePanelProps {
  readonly map: LineageMap
  readonly view: GraphView
  readonly column: TracedColumn
  /** Undefined while it is followed. */
  readonly trace: Trace | undefined
  readonly show: (view: GraphView) => void
}

/** The way of one column, step by step, with what each step does to it. */
export function TracePanel({ map, view, column, trace, show }: TracePanelProps): JSX.Element {
  const { link } = useSite()
  const node = map.nodes.get(column.relation)
  const steps = trace?.steps ?? []
  const up = steps.filter(({ direction }) => direction === 'up')
  const down = steps.filter(({ direction }) => direction === 'down')
  const values = (list: readonly TraceStep[]) => list.filter(({ role }) => isValueRole(role))
  const rows = (list: readonly TraceStep[]) => list.filter(({ role }) => !isValueRole(role))
  const follow = (next: TracedColumn) => show(tracing(view, next))
  return (
    <aside class="graph-panel" aria-labelledby="graph-panel-title">
      <header class="panel-head">
        <p class="panel-kind">column of {column.relation}</p>
        <button
          type="button"
          class="panel-close"
          aria-label="Stop following the column"
          title="Stop following (Esc)"
          onClick={() => show(tracing(view, undefined))}
        >
          ✕
        </button>
        <h2 id="graph-panel-title">{column.column}</h2>
      </header>
      {trace?.isUnknown ? (
        <p class="note">{`Nothing is known of a column ${column.column} in ${column.relation}.`}</p>
      ) : null}
      <p class="panel-actions">
        {node === undefined ? null : (
          <>
            <a class="button" href={link({ kind: node.kind, name: node.name })}>
              Open {node.kind}
            </a>
            <button type="button" onClick={() => show(focusedOn(view, node.name))}>
              Show in the graph
            </button>
          </>
        )}
        <CopyLink />
      </p>
      <label class="panel-option">
        <input
          type="checkbox"
          checked={view.withRows}
          onChange={(event) => show({ ...view, withRows: event.currentTarget.checked })}
        />{' '}
        with what decides rows: filters, joins, groups, order
      </label>
      {trace === undefined ? (
        <p class="quiet">Following…</p>
      ) : (
        <>
          <Steps
            title="Made of"
            none="Nothing that is known: the way begins here."
            steps={values(up)}
            end="from"
            follow={follow}
          />
          {view.withRows ? (
            <Steps
              title="Rows decided by"
              none="Nothing that is known."
              steps={rows(up)}
              end="from"
              follow={follow}
            />
          ) : null}
          <Steps
            title="Gets into"
            none="No column of another relation."
            steps={values(down)}
            end="to"
            follow={follow}
          />
          {view.withRows ? (
            <Steps
              title="Decides rows of"
              none="No other relation."
              steps={rows(down)}
              end="to"
              follow={follow}
            />
          ) : null}
          {trace.gaps.length === 0 ? null : (
            <section class="panel-section">
              <h3>Not resolved, so something may be missing</h3>
              <ul class="plain-list small">
                {trace.gaps.map(({ relation, text }) => (
                  <li key={`${relation}\0${text}`}>
                    <strong>{relation}</strong> {text}
                  </li>
                ))}
              </ul>
            </section>
          )}
        </>
      )}
    </aside>
  )
}

/** A role, as it is said of the step. */
export const roleWords: Readonly<Record<Role, string>> = {
  copied: 'copied',
  transformed: 'transformed',
  aggregated: 'aggregated',
  filter: 'filtered by',
  join: 'joined by',
  group: 'grouped by',
  order: 'ordered by',
}

interface StepsProps {
  readonly title: string
  readonly none: string
  readonly steps: readonly TraceStep[]
  /** The end that the step leads to, seen from the column. */
  readonly end: 'from' | 'to'
  readonly follow: (column: TracedColumn) => void
}

function Steps({ title, none, steps, end, follow }: StepsProps): JSX.Element {
  return (
    <section class="panel-section">
      <h3>
        {title} <span class="quiet">{steps.length}</span>
      </h3>
      {steps.length === 0 ? <p class="quiet small">{none}</p> : null}
      <ol class="plain-list panel-steps">
        {steps.map((step) => {
          const there = step[end]
          const here = step[end === 'from' ? 'to' : 'from']
          const { column } = there
          return (
            <li
              key={JSON.stringify([step.from, step.to, step.role])}
              class={`step-${Math.min(step.depth, 6)}`}
            >
              <span class={`role ${isValueRole(step.role) ? 'is-value' : 'is-rows'}`}>
                {roleWords[step.role]}
              </span>
              {column === undefined ? (
                <span class="panel-name">rows of {there.relation}</span>
              ) : (
                <button
                  type="button"
                  class="panel-link"
                  onClick={() => follow({ relation: there.relation, column })}
                >
                  {there.relation}.<strong>{column}</strong>
                </button>
              )}
              {step.depth > 1 || here.column === undefined ? (
                <span class="quiet small step-here">
                  {end === 'from' ? 'for' : 'through'}{' '}
                  {here.column === undefined ? `rows of ${here.relation}` : `${here.relation}.${here.column}`}
                </span>
              ) : null}
            </li>
          )
        })}
      </ol>
    </section>
  )
}
