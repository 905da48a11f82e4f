import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { GraphNode, RelationLineage } from '../../core/docs/api.ts'
import { useSite } from '../components/site-context.ts'
import { StateBadge } from '../components/state-badge.tsx'
import { CopyLink } from './copy-link.tsx'
import { SmallSign } from './legend.tsx'
import type { LineageMap } from './lineage-map.ts'
import type { LineageOf } from './trace.ts'
import { focusedOn, type GraphView, levelSteps, levelText, toggled, tracing } from './view.ts'

export interface PanelProps {
  readonly map: LineageMap
  readonly view: GraphView
  readonly node: GraphNode
  readonly lineageOf: LineageOf
  readonly show: (view: GraphView) => void
}

/** What is known of the node in focus, and what can be done with it. */
export function NodePanel({ map, view, node, lineageOf, show }: PanelProps): JSX.Element {
  const { link } = useSite()
  const isExpanded = view.expanded.includes(node.name)
  const around = (edges: ReadonlyMap<string, readonly string[]>) =>
    (edges.get(node.name) ?? []).map((name) => map.nodes.get(name)!)
  return (
    <aside class="graph-panel" aria-labelledby="graph-panel-title">
      <header class="panel-head">
        <p class="panel-kind">
          <SmallSign kind={node.kind} /> {[node.materialization, node.kind].filter(Boolean).join(' ')}
        </p>
        <button
          type="button"
          class="panel-close"
          aria-label="Close and show everything again"
          title="Show everything again (Esc)"
          onClick={() => show(focusedOn(view, undefined))}
        >
          ✕
        </button>
        <h2 id="graph-panel-title">{node.name}</h2>
        <p class="panel-state">
          <StateBadge state={node.state} />
          {node.partition === undefined ? null : <span class="quiet small">{node.partition}</span>}
        </p>
      </header>
      {node.summary === undefined ? null : <p class="panel-summary">{node.summary}</p>}
      <p class="panel-actions">
        <a class="button" href={link({ kind: node.kind, name: node.name })}>
          Open its page
        </a>
        {node.columns > 0 ? (
          <button
            type="button"
            aria-pressed={isExpanded}
            onClick={() => show({ ...view, expanded: toggled(view.expanded, node.name) })}
          >
            Columns in the graph
          </button>
        ) : null}
        <CopyLink />
      </p>
      <Levels view={view} show={show} />
      <dl class="facts">
        <Fact name="Checks" text={checksText(node)} />
        {node.owner === undefined ? null : <Fact name="Owner" text={node.owner} />}
        {node.folder === '' ? null : <Fact name="Folder" text={node.folder} />}
        <Fact name="File" text={node.path} />
      </dl>
      {node.tags.length === 0 ? null : (
        <ul class="chips" aria-label="Tags">
          {node.tags.map((tag) => (
            <li key={tag} class="chip">
              {tag}
            </li>
          ))}
        </ul>
      )}
      <Neighbours title="Reads" nodes={around(map.graph.upstream)} view={view} show={show} />
      <Neighbours title="Read by" nodes={around(map.graph.downstream)} view={view} show={show} />
      {node.columns > 0 ? <Columns node={node} view={view} lineageOf={lineageOf} show={show} /> : null}
    </aside>
  )
}

function checksText({ checks, failing, warning }: GraphNode): string {
  if (checks === 0) return 'none'
  const parts = [
    String(checks),
    ...(failing > 0 ? [`${failing} failing`] : []),
    ...(warning > 0 ? [`${warning} warning`] : []),
  ]
  return parts.join(', ')
}

function Fact({ name, text }: { readonly name: string; readonly text: string }): JSX.Element {
  return (
    <>
      <dt>{name}</dt>
      <dd>{text}</dd>
    </>
  )
}

type Show = { readonly view: GraphView; readonly show: (view: GraphView) => void }

/** How far the graph reaches around the focus. */
function Levels({ view, show }: Show): JSX.Element {
  const choice = (key: 'up' | 'down', label: string) => {
    const at = view[key]
    const less = levelSteps.filter((step) => step < at).at(-1)
    const more = levelSteps.find((step) => step > at)
    const set = (to: number | undefined) => to !== undefined && show({ ...view, [key]: to })
    return (
      <div class="panel-level">
        <span>{label}</span>
        <button
          type="button"
          aria-label={`Fewer levels ${label}`}
          disabled={less === undefined}
          onClick={() => set(less)}
        >
          −
        </button>
        <output aria-label={`Levels ${label}`}>{levelText(at)}</output>
        <button
          type="button"
          aria-label={`More levels ${label}`}
          disabled={more === undefined}
          onClick={() => set(more)}
        >
          +
        </button>
      </div>
    )
  }
  return (
    <div class="panel-levels">
      {choice('up', 'upstream')}
      {choice('down', 'downstream')}
    </div>
  )
}

const mostNeighbours = 30

function Neighbours({
  title,
  nodes,
  view,
  show,
}: Show & { readonly title: string; readonly nodes: readonly GraphNode[] }): JSX.Element {
  return (
    <section class="panel-section">
      <h3>
        {title} <span class="quiet">{nodes.length}</span>
      </h3>
      <ul class="plain-list panel-list">
        {nodes.slice(0, mostNeighbours).map((node) => (
          <li key={node.name}>
            <button type="button" class="panel-item" onClick={() => show(focusedOn(view, node.name))}>
              <SmallSign kind={node.kind} />
              <span class="panel-name">{node.name}</span>
              <StateBadge state={node.state} />
            </button>
          </li>
        ))}
      </ul>
      {nodes.length > mostNeighbours ? (
        <p class="quiet small">{nodes.length - mostNeighbours} more are on its page.</p>
      ) : null}
    </section>
  )
}

/** Its columns, each a way to follow it; loaded when the panel is opened. */
function Columns({
  node,
  view,
  lineageOf,
  show,
}: Show & { readonly node: GraphNode; readonly lineageOf: LineageOf }): JSX.Element {
  const [found, setFound] = useState<{
    readonly of: string
    readonly lineage?: RelationLineage | undefined
  }>()
  useEffect(() => {
    let isCurrent = true
    void lineageOf(node.name).then((lineage) => isCurrent && setFound({ of: node.name, lineage }))
    return () => {
      isCurrent = false
    }
  }, [node.name, lineageOf])
  const isHere = found?.of === node.name
  const columns = isHere ? (found.lineage?.columns ?? []) : []
  return (
    <section class="panel-section">
      <h3>
        Columns <span class="quiet">{node.columns}</span>
      </h3>
      {isHere && found.lineage === undefined ? (
        <p class="quiet small">Nothing is known of where they come from.</p>
      ) : null}
      <ul class="plain-list panel-list">
        {columns.map(({ name, type }) => (
          <li key={name}>
            <button
              type="button"
              class="panel-item"
              title="Follow this column"
              onClick={() => show(tracing(view, { relation: node.name, column: name }))}
            >
              <span class="panel-name">{name}</span>
              <span class="quiet small">{type}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
