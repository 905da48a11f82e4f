import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { NodeState } from '../../core/docs/api.ts'
import { stateWords } from '../components/state-badge.tsx'
import { kindWords } from './legend.tsx'
import type { LineageMap } from './lineage-map.ts'
import { filterCount, type GraphView, toggled, withoutFilters } from './view.ts'

export interface FiltersProps {
  readonly map: LineageMap
  readonly view: GraphView
  readonly show: (view: GraphView) => void
}

/** What narrows the view: a selector as on the command line, and choices of what there is. */
export function Filters({ map, view, show }: FiltersProps): JSX.Element {
  const { nodes } = map.page
  const count = <T,>(of: (node: (typeof nodes)[number]) => readonly T[]): ReadonlyMap<T, number> => {
    const counts = new Map<T, number>()
    for (const node of nodes) for (const each of of(node)) counts.set(each, (counts.get(each) ?? 0) + 1)
    return counts
  }
  const states = count((node) => [node.state])
  const kinds = count((node) => [node.kind])
  const tags = count((node) => node.tags)
  return (
    <>
      <SelectorField view={view} show={show} />
      <Choices
        title="Kind"
        all={[...kinds].map(([value, of]) => ({ value, label: kindWords[value], of }))}
        chosen={view.kinds}
        onToggle={(kind) => show({ ...view, kinds: toggled(view.kinds, kind) })}
      />
      <Choices
        title="State"
        all={[...states].map(([value, of]) => ({ value, label: stateLabel(value), of }))}
        chosen={view.states}
        onToggle={(state) => show({ ...view, states: toggled(view.states, state) })}
      />
      <Choices
        title="Folder"
        all={map.folders.map((value) => ({ value, label: value }))}
        chosen={view.folders}
        onToggle={(folder) => show({ ...view, folders: toggled(view.folders, folder) })}
      />
      <Choices
        title="Tag"
        all={map.tags.map((value) => ({ value, label: value, of: tags.get(value) }))}
        chosen={view.tags}
        onToggle={(tag) => show({ ...view, tags: toggled(view.tags, tag) })}
      />
      {filterCount(view) === 0 ? null : (
        <button type="button" onClick={() => show(withoutFilters(view))}>
          Clear filters
        </button>
      )}
    </>
  )
}

function stateLabel(state: NodeState): ComponentChildren {
  const { sign, label } = stateWords[state]
  return (
    <>
      <span class={`state-text state-${state}`} aria-hidden="true">
        {sign}
      </span>{' '}
      {label}
    </>
  )
}

/** A selector takes effect with Enter or when the field is left. */
function SelectorField({ view, show }: Omit<FiltersProps, 'map'>): JSX.Element {
  const [text, setText] = useState(view.select)
  useEffect(() => setText(view.select), [view.select])
  const take = () => text.trim() !== view.select && show({ ...view, select: text.trim() })
  return (
    <input
      type="text"
      class="graph-select"
      aria-label="Selector, as for --select"
      aria-describedby="graph-notes"
      placeholder="--select  tag:mart  +reports.days"
      autocomplete="off"
      spellcheck={false}
      value={text}
      onInput={(event) => setText(event.currentTarget.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === 'Enter') take()
        if (event.key !== 'Escape') return
        event.stopPropagation()
        setText('')
        show({ ...view, select: '' })
      }}
    />
  )
}

interface ChoicesProps<T extends string> {
  readonly title: string
  readonly all: readonly {
    readonly value: T
    readonly label: ComponentChildren
    readonly of?: number | undefined
  }[]
  readonly chosen: readonly T[]
  readonly onToggle: (value: T) => void
}

/** A button that opens a list to tick. */
function Choices<T extends string>({ title, all, chosen, onToggle }: ChoicesProps<T>): JSX.Element | null {
  const element = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    const close = (event: Event) => {
      const { current } = element
      if (current?.open && !current.contains(event.target as Node)) current.open = false
    }
    document.addEventListener('pointerdown', close)
    document.addEventListener('focusin', close)
    return () => {
      document.removeEventListener('pointerdown', close)
      document.removeEventListener('focusin', close)
    }
  }, [])
  if (all.length === 0) return null
  return (
    <details
      ref={element}
      class="graph-choices"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !event.currentTarget.open) return
        event.stopPropagation()
        event.currentTarget.open = false
        event.currentTarget.querySelector('summary')?.focus()
      }}
    >
      <summary>
        {title}
        {chosen.length === 0 ? null : <span class="choices-count"> {chosen.length}</span>}
      </summary>
      <fieldset class="choices-list">
        <legend class="visually-hidden">{title}</legend>
        {all.map(({ value, label, of }) => (
          <label key={value}>
            <input type="checkbox" checked={chosen.includes(value)} onChange={() => onToggle(value)} />
            <span class="choices-label">{label}</span>
            {of === undefined ? null : <span class="quiet small">{of}</span>}
          </label>
        ))}
      </fieldset>
    </details>
  )
}
