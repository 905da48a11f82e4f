import type { JSX } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { CatalogPage } from '../../core/docs/api.ts'
import { Empty } from '../components/empty.tsx'
import { NodeLink } from '../components/node-link.tsx'
import { useNow } from '../components/now.ts'
import { countedText, countText } from '../components/quantity.ts'
import { rankOf, StateBadge, stateWords } from '../components/state-badge.tsx'
import { StatusBadge } from '../components/status-badge.tsx'
import { useMore } from '../components/use-more.ts'
import {
  type CatalogFilter,
  type CatalogRow,
  everything,
  filtered,
  filterFromHash,
  hashOfFilter,
  type SortKey,
} from './catalog-filter.ts'

/** Rows that are drawn at once: a project may have thousands. */
const step = 250

export function CatalogView({ page }: { readonly page: CatalogPage }): JSX.Element {
  const [filter, setFilter] = useState<CatalogFilter>(everything)
  useEffect(() => {
    const follow = (): void => setFilter(filterFromHash(location.hash))
    follow()
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  const change = (next: CatalogFilter): void => {
    setFilter(next)
    history.replaceState(null, '', hashOfFilter(next) || location.href.replace(/#.*/s, ''))
  }
  const rows = useMemo(() => filtered(page.nodes, filter), [page.nodes, filter])
  const { shown, end } = useMore(rows.length, step, filter)
  return (
    <>
      <div class="page-head">
        <h1>Relations</h1>
        <p class="meta" role="status">
          {rows.length === page.nodes.length
            ? countedText(rows.length, 'entry', 'entries')
            : `${countText(rows.length)} of ${countedText(page.nodes.length, 'entry', 'entries')}`}
        </p>
      </div>
      <Filters page={page} filter={filter} onChange={change} />
      {rows.length === 0 ? (
        <Empty title={page.nodes.length === 0 ? 'The project is empty' : 'Nothing matches'} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
        <section class="table-scroll" aria-label="Relations" tabIndex={0}>
          <table class="catalog">
            <Head filter={filter} onChange={change} />
            <tbody>
              {rows.slice(0, shown).map((row) => (
                <Row key={`${row.kind} ${row.name}`} row={row} />
              ))}
            </tbody>
          </table>
        </section>
      )}
      <div ref={end as never} />
      <WithoutScript rows={rows.slice(shown)} />
    </>
  )
}

/** Without scripts nothing draws more rows: the names of all others stand in the page. */
function WithoutScript({ rows }: { readonly rows: readonly CatalogRow[] }): JSX.Element | null {
  if (typeof document !== 'undefined' || rows.length === 0) return null
  return (
    <noscript>
      <h2>{countText(rows.length)} more</h2>
      <ul>
        {rows.map((row) => (
          <li key={`${row.kind} ${row.name}`}>
            <NodeLink node={row} /> {row.kind}, {stateWords[row.state].label}
          </li>
        ))}
      </ul>
    </noscript>
  )
}

interface FilterProps {
  readonly filter: CatalogFilter
  readonly onChange: (filter: CatalogFilter) => void
}

function Filters({ page, filter, onChange }: FilterProps & { readonly page: CatalogPage }): JSX.Element {
  const choices = useMemo(() => {
    const states = new Set(page.nodes.map(({ state }) => state))
    return {
      kinds: [...new Set(page.nodes.map(({ kind }) => kind))],
      states: [...states].sort((a, b) => rankOf(a) - rankOf(b)),
      tags: [...new Set(page.nodes.flatMap(({ tags }) => tags))].sort(),
    }
  }, [page.nodes])
  const choose = (name: 'kind' | 'state' | 'tag', value: string): void => {
    const { [name]: _, ...rest } = filter
    onChange((value === '' ? rest : { ...rest, [name]: value }) as CatalogFilter)
  }
  return (
    <search class="filters needs-script" aria-label="Filter">
      <label class="field filter-text">
        Filter
        <input
          type="search"
          value={filter.text}
          placeholder="Words of name, description, owner, tags"
          onInput={(event) => onChange({ ...filter, text: event.currentTarget.value })}
        />
      </label>
      <Choice
        label="Kind"
        value={filter.kind}
        values={choices.kinds}
        onChoose={(value) => choose('kind', value)}
      />
      <Choice
        label="State"
        value={filter.state}
        values={choices.states}
        onChoose={(value) => choose('state', value)}
      />
      {choices.tags.length > 0 && (
        <Choice
          label="Tag"
          value={filter.tag}
          values={choices.tags}
          onChoose={(value) => choose('tag', value)}
        />
      )}
      {hashOfFilter(filter) !== '' && (
        <button type="button" onClick={() => onChange(everything)}>
          Clear
        </button>
      )}
    </search>
  )
}

interface ChoiceProps {
  readonly label: string
  readonly value: string | undefined
  readonly values: readonly string[]
  readonly onChoose: (value: string) => void
}

function Choice({ label, value = '', values, onChoose }: ChoiceProps): JSX.Element {
  return (
    <label class="field">
      {label}
      <select value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        <option value="">all</option>
        {values.map((each) => (
          <option key={each} value={each}>
            {each === 'none' && label === 'State' ? 'nothing due' : each}
          </option>
        ))}
      </select>
    </label>
  )
}

const columns: readonly { readonly key: SortKey; readonly label: string; readonly isNumber?: true }[] = [
  { key: 'name', label: 'Name' },
  { key: 'state', label: 'State' },
  { key: 'kind', label: 'Kind' },
  { key: 'checks', label: 'Checks' },
  { key: 'columns', label: 'Columns', isNumber: true },
  { key: 'rows', label: 'Rows', isNumber: true },
  { key: 'owner', label: 'Owner' },
]

function Head({ filter, onChange }: FilterProps): JSX.Element {
  // A button that does nothing is none: there are some once the page is alive.
  const isAlive = useNow() !== undefined
  const sort = (key: SortKey): void => {
    const { sort: _, ...rest } = filter
    if (filter.sort !== key) onChange({ ...rest, sort: key, isDescending: false })
    else if (!filter.isDescending) onChange({ ...rest, sort: key, isDescending: true })
    else onChange({ ...rest, isDescending: false })
  }
  const direction = filter.isDescending ? 'descending' : 'ascending'
  return (
    <thead>
      <tr>
        {columns.map(({ key, label, isNumber }) => (
          <th
            key={key}
            scope="col"
            class={isNumber && 'number'}
            aria-sort={filter.sort === key ? direction : undefined}
          >
            {!isAlive && label}
            {isAlive && (
              <button type="button" class="sort" onClick={() => sort(key)}>
                {label}
                <span class="sort-sign" aria-hidden="true">
                  {filter.sort === key ? (filter.isDescending ? '▼' : '▲') : ''}
                </span>
              </button>
            )}
          </th>
        ))}
        <th scope="col">Tags</th>
      </tr>
    </thead>
  )
}

function Row({ row }: { readonly row: CatalogRow }): JSX.Element {
  return (
    <tr>
      <th scope="row" class="catalog-name">
        <NodeLink node={row} withKind />
        {row.summary !== undefined && <span class="catalog-summary">{row.summary}</span>}
      </th>
      <td>
        <StateBadge state={row.state} />
      </td>
      <td class="nowrap quiet">
        {row.materialization === undefined ? row.kind : `${row.kind}, ${row.materialization}`}
      </td>
      <td class="nowrap">
        {row.checks === 0 ? <span class="quiet">–</span> : `${row.checks} `}
        {row.failing > 0 && <StatusBadge status="failed" count={row.failing} />}
        {row.warning > 0 && <StatusBadge status="warned" count={row.warning} />}
      </td>
      <td class="number">{row.columns !== undefined && countText(row.columns)}</td>
      <td class="number">{row.rows !== undefined && countText(row.rows)}</td>
      <td>{row.owner}</td>
      <td>
        {row.tags.length > 0 && (
          <ul class="chips">
            {row.tags.map((tag) => (
              <li key={tag} class="chip">
                {tag}
              </li>
            ))}
          </ul>
        )}
      </td>
    </tr>
  )
}
