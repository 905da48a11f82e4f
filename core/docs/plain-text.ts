import type { Markdown, MarkdownBlock, MarkdownInline } from './markdown.ts'

/** The words of a description's first blocks, at most so many characters. Undefined: it has none. */
export function plainText(markdown: Markdown, longest = 160): string | undefined {
  let text = ''
  for (const block of markdown) {
    const words = blockText(block).replace(/\s+/g, ' ').trim()
    if (words === '') continue
    // The heading of a description mostly repeats its name.
    if (block.kind === 'heading' && markdown.length > 1) continue
    text = text === '' ? words : `${text} ${words}`
    if (text.length >= longest) break
  }
  if (text === '') return undefined
  return text.length <= longest ? text : `${cut(text, longest - 1)}…`
}

/** Ends after a word, if there is one near the end, and never within a character. */
function cut(text: string, longest: number): string {
  const short = [...text.slice(0, longest)].join('').replace(/[\ud800-\udbff]$/, '')
  const space = short.lastIndexOf(' ')
  return (space > longest * 0.6 ? short.slice(0, space) : short).replace(/[\s,;:.–—-]+$/, '')
}

function blockText(block: MarkdownBlock): string {
  switch (block.kind) {
    case 'paragraph':
    case 'heading':
      return inlineText(block.text)
    case 'list':
      return block.items.map((item) => item.map(blockText).join(' ')).join('; ')
    case 'quote':
      return block.blocks.map(blockText).join(' ')
    case 'code':
      return block.text
    case 'table':
    case 'rule':
      return ''
    default:
      throw new Error(`unknown block ${block satisfies never}`)
  }
}

function inlineText(inlines: readonly MarkdownInline[]): string {
  return inlines
    .map((each) => {
      if (each.kind === 'break') return ' '
      return 'children' in each ? inlineText(each.children) : each.text
    })
    .join('')
}
