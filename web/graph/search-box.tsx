import type { JSX, RefObject, TargetedKeyboardEvent } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { SearchIndex } from '../../core/docs/api.ts'
import { dataSource } from '../client/data.ts'
import { SmallSign } from './legend.tsx'
import type { LineageMap } from './lineage-map.ts'
import { type Hit, searchOf } from './search.ts'

export interface SearchBoxProps {
  readonly map: LineageMap
  readonly input: RefObject<HTMLInputElement | null>
  readonly onFound: (hit: Hit) => void
}

const mostHits = 12

/** Finds nodes and columns by some of their letters, and goes there. */
export function SearchBox({ map, input, onFound }: SearchBoxProps): JSX.Element {
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const [isOpen, setOpen] = useState(false)
  const [index, setIndex] = useState<SearchIndex | undefined>(undefined)
  const isWanted = isOpen
  useEffect(() => {
    if (!isWanted || index !== undefined) return
    dataSource()
      .search()
      .then(setIndex, () => setIndex({ entries: [] }))
  }, [isWanted, index])
  const search = useMemo(() => searchOf(map, index), [map, index])
  const hits = useMemo(() => (isOpen ? search.find(text, mostHits) : []), [search, text, isOpen])
  const isShown = isOpen && text.trim() !== ''
  const choose = (hit: Hit | undefined): void => {
    if (hit === undefined) return
    setOpen(false)
    setText('')
    onFound(hit)
  }
  const keyDown = (event: TargetedKeyboardEvent<HTMLInputElement>): void => {
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp': {
        event.preventDefault()
        setOpen(true)
        const step = event.key === 'ArrowDown' ? 1 : hits.length - 1
        setAt(hits.length === 0 ? 0 : (at + step) % hits.length)
        break
      }
      case 'Enter':
        event.preventDefault()
        choose(hits[at])
        break
      case 'Escape':
        event.preventDefault()
        event.stopPropagation()
        setOpen(false)
        setText('')
        break
    }
  }
  return (
    <div class="graph-search">
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label="Find a node or column"
        aria-expanded={isShown}
        aria-controls="graph-search-hits"
        aria-autocomplete="list"
        aria-activedescendant={isShown && hits.length > 0 ? `graph-hit-${at}` : undefined}
        placeholder="Find a node or column  /"
        autocomplete="off"
        spellcheck={false}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value)
          setAt(0)
          setOpen(true)
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={keyDown}
      />
      <div id="graph-search-hits" class="graph-hits" role="listbox" aria-label="Found" hidden={!isShown}>
        {isShown
          ? hits.map((hit, place) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
              // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus
              <div
                key={`${hit.name}\0${hit.column ?? ''}`}
                id={`graph-hit-${place}`}
                role="option"
                aria-selected={place === at}
                class="graph-hit"
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => choose(hit)}
              >
                <SmallSign kind={hit.kind} />
                <span>
                  {hit.pieces.map((piece, odd) => (odd % 2 === 1 ? <mark key={odd}>{piece}</mark> : piece))}
                </span>
                <span class="quiet small">{hit.column === undefined ? hit.kind : 'column'}</span>
              </div>
            ))
          : null}
      </div>
      {isShown && hits.length === 0 ? (
        <p class="graph-hits graph-no-hit" role="status">
          Nothing is called that.
        </p>
      ) : null}
    </div>
  )
}
