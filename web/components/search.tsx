import type { JSX, TargetedKeyboardEvent } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { SearchIndex } from '../../core/docs/api.ts'
import { dataSource } from '../client/data.ts'
import { KindIcon } from './node-link.tsx'
import { type Found, isNodeKind, pieces, searcher } from './search-match.ts'
import { useSite } from './site-context.ts'

const most = 40

/** The button in the header, the `/` key, and the dialog that both open. */
export function Search(): JSX.Element {
  const [isOpen, setOpen] = useState(false)
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const isWanted = event.key === '/' || (event.key === 'k' && (event.ctrlKey || event.metaKey))
      if (!isWanted || event.defaultPrevented || (event.key === '/' && isTyping(event.target))) return
      event.preventDefault()
      setOpen(true)
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])
  return (
    <>
      <button
        type="button"
        class="search-button needs-script"
        aria-haspopup="dialog"
        aria-keyshortcuts="/"
        onClick={() => setOpen(true)}
      >
        <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true" class="line-icon">
          <path d="M6 1.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM9.5 9.5l3 3" />
        </svg>
        <span class="search-button-word">Search</span>
        <kbd class="search-key">/</kbd>
      </button>
      {isOpen && <SearchDialog onClose={() => setOpen(false)} />}
    </>
  )
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')
}

function SearchDialog({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const { link } = useSite()
  const dialog = useRef<HTMLDialogElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const [index, setIndex] = useState<SearchIndex | 'failed' | undefined>(undefined)
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState(0)

  // The dialog itself keeps the focus inside, makes the rest inert, closes by Escape and gives the focus back.
  // Before the next key arrives, so that none is lost.
  useLayoutEffect(() => dialog.current?.showModal(), [])
  useEffect(() => {
    dataSource()
      .search()
      .then(setIndex, () => setIndex('failed'))
  }, [])
  const search = useMemo(
    () => (index === undefined || index === 'failed' ? undefined : searcher(index)),
    [index],
  )
  const found = useMemo(() => search?.(text, most) ?? [], [search, text])
  const at = Math.min(chosen, Math.max(0, found.length - 1))
  useEffect(() => list.current?.children[at]?.scrollIntoView({ block: 'nearest' }), [at])

  const press = (event: TargetedKeyboardEvent<HTMLInputElement>): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && found.length > 0) {
      event.preventDefault()
      setChosen((at + step + found.length) % found.length)
    }
    if (event.key === 'Enter') list.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.click()
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside it closes it; the key for that is Escape
    <dialog
      ref={dialog}
      class="search-dialog"
      aria-label="Search"
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}
    >
      <div class="search-box">
        <div class="search-line">
          <input
            type="text"
            role="combobox"
            aria-label="Search names, columns, descriptions"
            aria-expanded={found.length > 0}
            aria-controls="search-results"
            aria-autocomplete="list"
            aria-activedescendant={found.length > 0 ? `search-result-${at}` : undefined}
            placeholder="A model, a source, a column …"
            autocomplete="off"
            spellcheck={false}
            value={text}
            onInput={(event) => {
              setText(event.currentTarget.value)
              setChosen(0)
            }}
            onKeyDown={press}
          />
          <button type="button" class="button-quiet" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </div>
        <div role="listbox" id="search-results" aria-label="Results" class="search-results" ref={list}>
          {found.map((each, place) => (
            <Result
              key={`${each.kind} ${each.name} ${each.column ?? ''}`}
              found={each}
              href={link({ kind: each.kind, name: each.name })}
              place={place}
              isChosen={place === at}
              onFollow={() => dialog.current?.close()}
            />
          ))}
        </div>
        <p class="search-said" role="status">
          {saidOf(index, text, found.length)}
        </p>
      </div>
    </dialog>
  )
}

interface ResultProps {
  readonly found: Found
  readonly href: string
  readonly place: number
  readonly isChosen: boolean
  readonly onFollow: () => void
}

function Result({ found, href, place, isChosen, onFollow }: ResultProps): JSX.Element {
  const { kind, name, column, summary, ranges } = found
  return (
    <a
      class="search-result"
      role="option"
      id={`search-result-${place}`}
      aria-selected={isChosen}
      tabIndex={-1}
      href={href}
      onClick={onFollow}
    >
      <span class="search-name">
        {isNodeKind(kind) && <KindIcon kind={kind} />}
        {column === undefined ? (
          <Marked text={name} ranges={ranges} />
        ) : (
          <>
            <span class="quiet">{name} · </span>
            <Marked text={column} ranges={ranges} />
          </>
        )}
      </span>
      <span class="search-about">{column === undefined ? (summary ?? kind) : 'column'}</span>
    </a>
  )
}

function Marked({
  text,
  ranges,
}: {
  readonly text: string
  readonly ranges: readonly number[]
}): JSX.Element {
  return (
    <span>
      {pieces(text, ranges).map((piece, index) =>
        index % 2 === 1 ? <mark key={index}>{piece}</mark> : piece,
      )}
    </span>
  )
}

function saidOf(index: SearchIndex | 'failed' | undefined, text: string, count: number): string {
  if (index === 'failed') return 'The search index could not be loaded.'
  if (index === undefined) return 'Loading …'
  if (text.trim() === '') return 'Arrows choose, Enter opens, Escape closes.'
  if (count === 0) return 'Nothing found.'
  if (count === most) return `The first ${most} results.`
  return count === 1 ? '1 result.' : `${count} results.`
}
