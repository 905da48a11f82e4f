import type { JSX } from 'preact'
import type { NodeKind, NodeState, Role } from '../../core/docs/api.ts'
import { StateBadge } from '../components/state-badge.tsx'
import { KindSign } from './kind-sign.tsx'
import type { DrawnScene, Scene } from './scene.ts'

export const kindWords: Readonly<Record<NodeKind, string>> = {
  model: 'model',
  seed: 'seed',
  source: 'source',
  check: 'check',
  exposure: 'exposure',
}

const lineKinds: readonly {
  readonly name: string
  readonly text: string
  readonly roles: readonly Role[]
}[] = [
  { name: 'is-value role-copied', text: 'copied', roles: ['copied'] },
  { name: 'is-value', text: 'transformed or aggregated', roles: ['transformed', 'aggregated'] },
  {
    name: 'is-rows',
    text: 'decides rows: filter, join, group, order',
    roles: ['filter', 'join', 'group', 'order'],
  },
]

const stateOrder: readonly NodeState[] = [
  'failed',
  'blocked',
  'late',
  'stale',
  'missing',
  'running',
  'drifted',
  'fresh',
  'none',
  'unknown',
]

/** What signs, colors and strokes mean: of those that are in the picture. */
export function Legend({ scene }: { readonly scene: Scene | DrawnScene }): JSX.Element {
  const { selected } = scene.visible
  const states = stateOrder.filter((state) => selected.some((node) => node.state === state))
  const kinds = (Object.keys(kindWords) as NodeKind[]).filter((kind) =>
    selected.some((node) => node.kind === kind),
  )
  const hasFailing = selected.some(({ failing }) => failing > 0)
  const hasWarning = selected.some(({ failing, warning }) => failing === 0 && warning > 0)
  const drawnRoles = new Set([...scene.roles.values()].flat())
  return (
    <ul class="graph-legend" aria-label="Legend">
      {kinds.map((kind) => (
        <li key={kind}>
          <SmallSign kind={kind} /> {kindWords[kind]}
        </li>
      ))}
      {states.map((state) => (
        <li key={state}>
          <StateBadge state={state} />
        </li>
      ))}
      {hasFailing ? (
        <li>
          <span class="legend-badge">✕ 1</span> failing checks
        </li>
      ) : null}
      {hasWarning ? (
        <li>
          <span class="legend-badge is-warning">! 1</span> checks that warn
        </li>
      ) : null}
      {lineKinds
        .filter(({ roles }) => roles.some((role) => drawnRoles.has(role)))
        .map(({ name, text }) => (
          <li key={text}>
            <LineSample kind={name} /> {text}
          </li>
        ))}
    </ul>
  )
}

export function SmallSign({ kind }: { readonly kind: NodeKind | 'folder' }): JSX.Element {
  return (
    <svg class="graph-sign" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
      <KindSign kind={kind} x={0} y={0} />
    </svg>
  )
}

function LineSample({ kind }: { readonly kind: string }): JSX.Element {
  return (
    <svg class="graph-sample" width="28" height="8" viewBox="0 0 28 8" aria-hidden="true">
      <g class={`graph-line is-column ${kind}`}>
        <path class="line-path" d="M0 4h28" />
      </g>
    </svg>
  )
}
