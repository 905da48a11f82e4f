import { lexer, type Token, type Tokens } from 'marked'
import { decodedEntities } from './entities.ts'
import type { Markdown, MarkdownBlock, MarkdownInline } from './markdown.ts'
import { safeUrl } from './safe-url.ts'

/** Longer texts are no descriptions: they are shown as they were written, so that no text takes long to be understood. */
const longestText = 60_000
/** Blocks within blocks, and words within words, that are told apart; what lies deeper is shown as it was written. */
const deepest = 12

/** A description as data. Whatever is not Markdown that the site shows, raw HTML above all, is text. */
export function parseMarkdown(text: string): Markdown {
  if (text.length > longestText) return [asWritten(text)]
  try {
    return blocksOf(lexer(text, { gfm: true }), 0)
  } catch (error) {
    // Nested so deep that the stack is not enough.
    if (error instanceof RangeError) return [asWritten(text)]
    throw error
  }
}

function asWritten(text: string): MarkdownBlock {
  return { kind: 'code', text }
}

function blocksOf(tokens: readonly Token[], depth: number): readonly MarkdownBlock[] {
  const blocks: MarkdownBlock[] = []
  for (const token of tokens) {
    const block = depth > deepest ? writtenBlock(token) : blockOf(token as Tokens.Generic, depth)
    if (block !== undefined) blocks.push(block)
  }
  return blocks
}

function writtenBlock({ raw }: Token): MarkdownBlock | undefined {
  return raw.trim() === '' ? undefined : { kind: 'paragraph', text: [{ kind: 'text', text: raw.trim() }] }
}

function blockOf(token: Tokens.Generic, depth: number): MarkdownBlock | undefined {
  switch (token.type) {
    case 'space':
    case 'def':
    case 'checkbox':
      return undefined
    case 'hr':
      return { kind: 'rule' }
    case 'heading':
      return {
        kind: 'heading',
        level: (token as Tokens.Heading).depth,
        text: inlineOf(token.tokens, depth + 1),
      }
    case 'code': {
      const { text, lang } = token as Tokens.Code
      const language = /^[\w+#.-]{1,30}/.exec(lang ?? '')?.[0]
      return { kind: 'code', text, ...(language === undefined ? {} : { language }) }
    }
    case 'blockquote':
      return { kind: 'quote', blocks: blocksOf(token.tokens ?? [], depth + 1) }
    case 'list':
      return listOf(token as Tokens.List, depth)
    case 'table':
      return tableOf(token as Tokens.Table, depth)
    case 'paragraph':
    case 'text':
      return token.tokens === undefined
        ? writtenBlock(token as Token)
        : { kind: 'paragraph', text: inlineOf(token.tokens, depth + 1) }
    default:
      return writtenBlock(token as Token)
  }
}

function listOf({ ordered, start, items }: Tokens.List, depth: number): MarkdownBlock {
  return {
    kind: 'list',
    ...(ordered ? { start: typeof start === 'number' ? start : 1 } : {}),
    items: items.map((item) => {
      const blocks = blocksOf(item.tokens, depth + 1)
      return item.task ? withMark(blocks, item.checked === true ? '☑ ' : '☐ ') : blocks
    }),
  }
}

/** The first words of a task say whether it is done. */
function withMark(blocks: readonly MarkdownBlock[], mark: string): readonly MarkdownBlock[] {
  const [first, ...rest] = blocks
  const text: MarkdownInline = { kind: 'text', text: mark }
  return first?.kind === 'paragraph'
    ? [{ ...first, text: [text, ...first.text] }, ...rest]
    : [{ kind: 'paragraph', text: [text] }, ...blocks]
}

function tableOf({ align, header, rows }: Tokens.Table, depth: number): MarkdownBlock {
  const cells = (row: readonly Tokens.TableCell[]) => row.map((cell) => inlineOf(cell.tokens, depth + 1))
  return { kind: 'table', align, header: cells(header), rows: rows.map(cells) }
}

function inlineOf(tokens: readonly Token[] | undefined, depth: number): readonly MarkdownInline[] {
  const all: MarkdownInline[] = []
  for (const token of tokens ?? []) {
    const found =
      depth > deepest
        ? [{ kind: 'text', text: token.raw } as const]
        : inlinesOf(token as Tokens.Generic, depth)
    for (const each of found) {
      const last = all.at(-1)
      if (each.kind === 'text' && last?.kind === 'text')
        all[all.length - 1] = { kind: 'text', text: last.text + each.text }
      else all.push(each)
    }
  }
  return all
}

function inlinesOf(token: Tokens.Generic, depth: number): readonly MarkdownInline[] {
  const children = () => inlineOf(token.tokens, depth + 1)
  switch (token.type) {
    case 'br':
      return [{ kind: 'break' }]
    case 'codespan':
      return [{ kind: 'code', text: String(token.text) }]
    case 'strong':
      return [{ kind: 'strong', children: children() }]
    case 'em':
      return [{ kind: 'emphasis', children: children() }]
    case 'del':
      return [{ kind: 'strike', children: children() }]
    case 'link':
      return linkTo(String(token.href), withoutLinks(children()))
    case 'image':
      return linkTo(String(token.href), [
        { kind: 'text', text: decodedEntities(String(token.text)) || 'image' },
      ])
    case 'text':
    case 'escape':
      if (token.tokens !== undefined) return children()
      return [{ kind: 'text', text: decodedEntities(String(token.text)) }]
    case 'checkbox':
      return []
    default:
      return [{ kind: 'text', text: token.raw }]
  }
}

/** Only the words of a link that leads where nothing should lead. */
function linkTo(href: string, children: readonly MarkdownInline[]): readonly MarkdownInline[] {
  const url = safeUrl(decodedEntities(href))
  return url === undefined ? children : [{ kind: 'link', href: url, children }]
}

/** A link in a link is none. */
function withoutLinks(children: readonly MarkdownInline[]): readonly MarkdownInline[] {
  return children.flatMap((child): readonly MarkdownInline[] => {
    if (child.kind === 'link') return withoutLinks(child.children)
    return 'children' in child ? [{ ...child, children: withoutLinks(child.children) }] : [child]
  })
}
