import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const css = readFileSync('web/styles/tokens.css', 'utf8')

/** Custom properties of every rule that sets the colors, by the text of its selector. */
const themes = [...css.matchAll(/([^{}]*)\{([^{}]*--background:[^{}]*)\}/g)].map(([, selector, body]) => ({
  selector: selector!.replace(/\/\*.*?\*\//gs, '').trim(),
  colors: new Map([...body!.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name!, value!])),
}))

const backgrounds = ['background', 'surface', 'raised', 'hover', 'accent-soft']
const states = [
  'fresh',
  'drifted',
  'stale',
  'missing',
  'failed',
  'running',
  'blocked',
  'late',
  'none',
  'unknown',
]
const texts = [
  ...['text', 'text-quiet', 'accent', 'accent-hover', 'focus'],
  ...states.map((state) => `state-${state}`),
]

test('there are four sets of colors: light, chosen dark, the system dark, and print', () => {
  expect(themes).toHaveLength(4)
  const [light, chosen, system, print] = themes
  expect([...system!.colors]).toEqual([...chosen!.colors])
  expect([...print!.colors]).toEqual([...light!.colors])
})

test.each(themes)('text and states are legible on every background: $selector', ({ colors }) => {
  const pairs = [
    ...texts.flatMap((text) => backgrounds.map((background) => [text, background] as const)),
    ...states.map((state) => [`state-${state}`, `state-${state}-soft`] as const),
    ['on-accent', 'accent'] as const,
    ...['keyword', 'string', 'number', 'comment', 'name'].map((kind) => [`code-${kind}`, 'surface'] as const),
    ['text', 'mark'] as const,
  ]
  const illegible = pairs
    .map(([text, background]) => ({
      text,
      background,
      ratio: contrast(colors.get(text)!, colors.get(background)!),
    }))
    .filter(({ ratio }) => !(ratio >= 4.5))
  expect(illegible).toEqual([])
  expect(contrast(colors.get('border-strong')!, colors.get('background')!)).toBeGreaterThanOrEqual(3)
})

/** WCAG 2.2, "contrast ratio". */
function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (light! + 0.05) / (dark! + 0.05)
}

function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}
