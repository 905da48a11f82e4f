import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { type Mark, sqlPieces, templateMarks } from '../sql/pieces.ts'
import { headerPieces, sourceParts } from '../sql/source-parts.ts'
import { ScrollRegion } from './scroll-region.tsx'

export interface SqlTextProps {
  readonly text: string
  /** Parts that are told apart. */
  readonly marks?: readonly Mark[]
  /** What the text is, for those who do not see it. */
  readonly label?: string
}

/** Longer texts stay in one color: a page of a hundred thousand elements would be slow. */
const longestColored = 60_000

/** SQL, highlighted. It scrolls in a region of its own. */
export function SqlText({ text, marks, label = 'SQL' }: SqlTextProps): JSX.Element {
  return (
    <ScrollRegion class="sql" label={label}>
      <pre>
        <code>
          <SqlPieces text={text} marks={marks} />
        </code>
      </pre>
    </ScrollRegion>
  )
}

/** A model's or check's file: its header stands apart, templates in it are marked. */
export function SqlSource({ text, label }: { readonly text: string; readonly label: string }): JSX.Element {
  const { header, body } = useMemo(() => sourceParts(text), [text])
  const marks = useMemo(() => (body.length > longestColored ? [] : templateMarks(body)), [body])
  return (
    <ScrollRegion class="sql" label={label}>
      <pre>
        {header !== '' && (
          <code class="sql-header">
            {headerPieces(header).map(({ kind, text }, index) =>
              kind === 'plain' ? (
                text
              ) : (
                <span key={index} class={`sql-${kind}`}>
                  {text}
                </span>
              ),
            )}
          </code>
        )}
        <code>
          <SqlPieces text={body} marks={marks} />
        </code>
      </pre>
    </ScrollRegion>
  )
}

function SqlPieces({
  text,
  marks,
}: {
  readonly text: string
  readonly marks: readonly Mark[] | undefined
}): JSX.Element {
  const pieces = useMemo(
    () => (text.length > longestColored ? undefined : sqlPieces(text, marks)),
    [text, marks],
  )
  if (pieces === undefined) return <>{text}</>
  return (
    <>
      {pieces.map(({ kind, text }, index) =>
        kind === 'plain' ? (
          text
        ) : (
          <span key={index} class={`sql-${kind}`}>
            {text}
          </span>
        ),
      )}
    </>
  )
}
