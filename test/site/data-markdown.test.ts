import { describe, expect, test } from 'vitest'
import type { Markdown, MarkdownInline } from '../../core/docs/markdown.ts'
import { parseMarkdown } from '../../core/docs/parse-markdown.ts'
import { plainText } from '../../core/docs/plain-text.ts'
import { safeUrl } from '../../core/docs/safe-url.ts'

/** Every link anywhere in it. */
function linksIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(linksIn)
  if (typeof value !== 'object' || value === null) return []
  const own = 'kind' in value && value.kind === 'link' && 'href' in value ? [String(value.href)] : []
  return [...own, ...Object.values(value).flatMap(linksIn)]
}

/** All its words, one after the other. */
function wordsIn(value: unknown): string {
  if (Array.isArray(value)) return value.map(wordsIn).join('')
  if (typeof value !== 'object' || value === null) return ''
  const own = 'text' in value && typeof value.text === 'string' ? value.text : ''
  return own + Object.values(value).map(wordsIn).join('')
}

const inline = (text: string): readonly MarkdownInline[] => {
  const [block] = parseMarkdown(text)
  if (block?.kind !== 'paragraph') throw new Error(`no paragraph: ${JSON.stringify(block)}`)
  return block.text
}

describe('Markdown of a description', () => {
  test.each<readonly [string, string, Markdown]>([
    ['a paragraph', 'One\ntwo', [{ kind: 'paragraph', text: [{ kind: 'text', text: 'One\ntwo' }] }]],
    ['a heading', '## Rows', [{ kind: 'heading', level: 2, text: [{ kind: 'text', text: 'Rows' }] }]],
    ['a rule', '---', [{ kind: 'rule' }]],
    [
      'code with its language',
      '```sql\nselect 1\n```',
      [{ kind: 'code', language: 'sql', text: 'select 1' }],
    ],
    ['code with a language that is none', '```"><script>\nx\n```', [{ kind: 'code', text: 'x' }]],
    [
      'a quote',
      '> said',
      [{ kind: 'quote', blocks: [{ kind: 'paragraph', text: [{ kind: 'text', text: 'said' }] }] }],
    ],
    [
      'a numbered list',
      '3. c\n4. d',
      [
        {
          kind: 'list',
          start: 3,
          items: [
            [{ kind: 'paragraph', text: [{ kind: 'text', text: 'c' }] }],
            [{ kind: 'paragraph', text: [{ kind: 'text', text: 'd' }] }],
          ],
        },
      ],
    ],
    [
      'a list of tasks',
      '- [x] done\n- [ ] open',
      [
        {
          kind: 'list',
          items: [
            [
              {
                kind: 'paragraph',
                text: [
                  { kind: 'text', text: '☑ ' },
                  { kind: 'text', text: 'done' },
                ],
              },
            ],
            [
              {
                kind: 'paragraph',
                text: [
                  { kind: 'text', text: '☐ ' },
                  { kind: 'text', text: 'open' },
                ],
              },
            ],
          ],
        },
      ],
    ],
    [
      'a table',
      '| a | b |\n|:-:|---|\n| 1 | *2* |',
      [
        {
          kind: 'table',
          align: ['center', null],
          header: [[{ kind: 'text', text: 'a' }], [{ kind: 'text', text: 'b' }]],
          rows: [
            [[{ kind: 'text', text: '1' }], [{ kind: 'emphasis', children: [{ kind: 'text', text: '2' }] }]],
          ],
        },
      ],
    ],
  ])('%s', (_, text, expected) => {
    expect(parseMarkdown(text)).toEqual(expected)
  })

  test('words within words, code and breaks', () => {
    expect(inline('**b *i*** ~~s~~ `c<d`  \nend')).toEqual([
      {
        kind: 'strong',
        children: [
          { kind: 'text', text: 'b ' },
          { kind: 'emphasis', children: [{ kind: 'text', text: 'i' }] },
        ],
      },
      { kind: 'text', text: ' ' },
      { kind: 'strike', children: [{ kind: 'text', text: 's' }] },
      { kind: 'text', text: ' ' },
      { kind: 'code', text: 'c<d' },
      { kind: 'break' },
      { kind: 'text', text: 'end' },
    ])
  })

  test('character references are what they stand for, once, and not in code', () => {
    expect(inline('a &amp; b &lt;i&gt; &amp;lt; &#65;&#x42; &nosuch; `&amp;`')).toEqual([
      { kind: 'text', text: 'a & b <i> &lt; AB &nosuch; ' },
      { kind: 'code', text: '&amp;' },
    ])
  })

  test('links to the web and to mail are kept, a link within a link is not', () => {
    expect(linksIn(parseMarkdown('[a](https://x.org/?q=1&r=2 "t") <mailto:a@b.org> http://c.org'))).toEqual([
      'https://x.org/?q=1&r=2',
      'mailto:a@b.org',
      'http://c.org',
    ])
    expect(linksIn(parseMarkdown('[see ![alt](https://i.org/p.png) here](https://x.org)'))).toEqual([
      'https://x.org',
    ])
  })

  test('an image is a link by its words, as nothing is loaded from elsewhere', () => {
    expect(inline('![the plot](https://i.org/p.png)')).toEqual([
      { kind: 'link', href: 'https://i.org/p.png', children: [{ kind: 'text', text: 'the plot' }] },
    ])
  })

  test('raw HTML is text, every character of it', () => {
    for (const html of [
      '<script>alert(1)</script>',
      '<img src=x onerror=alert(1)>',
      '<b>bold</b> and <i onclick="x()">more</i>',
      '<!-- comment -->',
      '<svg/onload=alert(1)>',
      '<style>*{}</style>',
      '<a href="javascript:alert(1)">x</a>',
    ]) {
      const parsed = parseMarkdown(`before ${html} after`)
      expect(wordsIn(parsed)).toBe(`before ${html} after`)
      expect(linksIn(parsed)).toEqual([])
      expect(wordsIn(parseMarkdown(html))).toBe(html)
    }
  })

  test.each([
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](java&#115;cript:alert(1))',
    '[x](javascript&#58;alert(1))',
    '[x](javascript&colon;alert(1))',
    '[x](java&Tab;script:alert(1))',
    '[x](&#x6A;avascript:alert(1))',
    '[x](<java\tscript:alert(1)>)',
    '[x](\u0001javascript:alert(1))',
    '[x](vbscript:msgbox(1))',
    '[x](data:text/html;base64,PHNjcmlwdD4=)',
    '[x](data:text/html,<script>alert(1)</script>)',
    '[x](file:///etc/passwd)',
    '[x](//evil.example/x)',
    '[x](/absolute)',
    '[x](../model/a.html)',
    '[x](#hash)',
    '[x](http:\\\\evil)',
    '[x](https:evil)',
    '[x](blob:https://x.org/1)',
    '[x](view-source:https://x.org)',
    '<javascript:alert(1)>',
    '![x](javascript:alert(1))',
    '![x](data:image/svg+xml,<svg/onload=alert(1)>)',
    '[x][r]\n\n[r]: javascript:alert(1)',
    '[![a](javascript:1)](vbscript:2)',
    '**[x](javascript:alert(1))**',
    '- > [x](javascript:alert(1))',
    '| a |\n|---|\n| [x](javascript:alert(1)) |',
  ])('nothing but its words is left of %j', (text) => {
    expect(linksIn(parseMarkdown(text))).toEqual([])
    expect(wordsIn(parseMarkdown(text))).not.toBe('')
  })

  test('a reference by the name of a property of objects is none', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty'])
      expect(linksIn(parseMarkdown(`[${name}] and [x][${name}]`))).toEqual([])
  })

  test('what is nested without end, or without end long, is shown as it was written', () => {
    for (const text of [
      '>'.repeat(20_000),
      '- '.repeat(5_000),
      '['.repeat(20_000),
      '*'.repeat(20_000),
      `${'> '.repeat(3_000)}deep`,
      'x'.repeat(200_000),
      `${'**a '.repeat(3_000)}`,
    ]) {
      const parsed = parseMarkdown(text)
      expect(() => JSON.stringify(parsed)).not.toThrow()
      expect(depthOf(parsed)).toBeLessThan(120)
    }
  })

  test('an empty description has no blocks', () => {
    expect(parseMarkdown('')).toEqual([])
    expect(parseMarkdown(' \n\n ')).toEqual([])
  })
})

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}

describe('the words of a description', () => {
  test('are its first blocks without marks', () => {
    expect(
      plainText(parseMarkdown('# Orders\n\nAll **paid** [orders](https://x.org) of `shop`.\n\n- a\n- b')),
    ).toBe('All paid orders of shop. a; b')
  })
  test('end after a word', () => {
    expect(plainText(parseMarkdown('one two three four'), 12)).toBe('one two…')
    expect(plainText(parseMarkdown('🚀'.repeat(20)), 12)).toBe(`${'🚀'.repeat(5)}…`)
  })
  test('are not there where only a rule is', () => {
    expect(plainText(parseMarkdown('---'))).toBeUndefined()
  })
})

test('a URL with a line break, a tab or without a host is no link', () => {
  for (const url of [
    'http://',
    'https:// x',
    'https://x\n.org',
    'https://x\t.org',
    'mailto:',
    'ftp://x.org',
    '',
  ])
    expect(safeUrl(url)).toBeUndefined()
  expect(safeUrl(' https://x.org/a ')).toBe('https://x.org/a')
})
