import type { JSX } from 'preact'
import type { Markdown, MarkdownBlock, MarkdownInline } from '../../core/docs/markdown.ts'
import { safeUrl } from '../../core/docs/safe-url.ts'

export interface MarkdownTextProps {
  readonly text: Markdown
  /** Of its highest heading, so that the page's outline has no gaps: one more than the heading above it. */
  readonly headingLevel?: number
}

/** A description as elements; no HTML is ever parsed. */
export function MarkdownText({ text, headingLevel = 3 }: MarkdownTextProps): JSX.Element {
  const outline: Outline = { base: headingLevel, highest: highestOf(text), last: headingLevel - 1 }
  return <div class="markdown">{blocks(text, outline)}</div>
}

interface Outline {
  readonly base: number
  readonly highest: number
  /** The level of the heading before. */
  last: number
}

function highestOf(text: Markdown): number {
  return Math.min(6, ...text.map((block) => (block.kind === 'heading' ? block.level : 6)))
}

function blocks(text: Markdown, outline: Outline): JSX.Element[] {
  return text.map((each, index) => block(each, index, outline))
}

function block(each: MarkdownBlock, key: number, outline: Outline): JSX.Element {
  switch (each.kind) {
    case 'paragraph':
      return <p key={key}>{inlines(each.text)}</p>
    case 'heading':
      return heading(each, key, outline)
    case 'list':
      return list(each, key, outline)
    case 'code':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
        <pre key={key} tabIndex={0}>
          <code>{each.text}</code>
        </pre>
      )
    case 'quote':
      return <blockquote key={key}>{blocks(each.blocks, outline)}</blockquote>
    case 'table':
      return table(each, key)
    case 'rule':
      return <hr key={key} />
  }
}

function heading(
  each: Extract<MarkdownBlock, { readonly kind: 'heading' }>,
  key: number,
  outline: Outline,
): JSX.Element {
  const wanted = outline.base + Math.max(0, each.level - outline.highest)
  const level = Math.min(6, wanted, Math.max(outline.last, outline.base - 1) + 1)
  outline.last = level
  const Tag = `h${level}` as 'h1' | 'h2' | 'h3' | 'h4' | 'h5' | 'h6'
  return <Tag key={key}>{inlines(each.text)}</Tag>
}

function list(
  each: Extract<MarkdownBlock, { readonly kind: 'list' }>,
  key: number,
  outline: Outline,
): JSX.Element {
  const items = each.items.map((item, index) => <li key={index}>{itemOf(item, outline)}</li>)
  if (each.start === undefined) return <ul key={key}>{items}</ul>
  return (
    <ol key={key} start={each.start}>
      {items}
    </ol>
  )
}

/** A lone paragraph stands in its item as it is, without a paragraph's distance. */
function itemOf(item: Markdown, outline: Outline): JSX.Element | JSX.Element[] {
  const [first, ...others] = item
  if (first?.kind !== 'paragraph') return blocks(item, outline)
  return [<span key="first">{inlines(first.text)}</span>, ...blocks(others, outline)]
}

function table(each: Extract<MarkdownBlock, { readonly kind: 'table' }>, key: number): JSX.Element {
  const align = (column: number): string | undefined =>
    each.align[column] === 'right' ? 'number' : undefined
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <section key={key} class="table-scroll" aria-label="Table" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {each.header.map((cell, column) => (
              <th key={column} scope="col" class={align(column)}>
                {inlines(cell)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {each.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column} class={align(column)}>
                  {inlines(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function inlines(text: readonly MarkdownInline[]): (JSX.Element | string)[] {
  return text.map(inline)
}

function inline(each: MarkdownInline, key: number): JSX.Element | string {
  switch (each.kind) {
    case 'text':
      return each.text
    case 'code':
      return <code key={key}>{each.text}</code>
    case 'strong':
      return <strong key={key}>{inlines(each.children)}</strong>
    case 'emphasis':
      return <em key={key}>{inlines(each.children)}</em>
    case 'strike':
      return <s key={key}>{inlines(each.children)}</s>
    case 'break':
      return <br key={key} />
    case 'link':
      return link(each, key)
  }
}

/** Links were judged when the text was read; whatever made this data, nothing that runs comes to be a link here. */
function link(each: Extract<MarkdownInline, { readonly kind: 'link' }>, key: number): JSX.Element {
  const href = safeUrl(each.href)
  const text = inlines(each.children)
  if (href === undefined) return <span key={key}>{text}</span>
  return (
    <a key={key} href={href} rel="noopener noreferrer">
      {text}
    </a>
  )
}
