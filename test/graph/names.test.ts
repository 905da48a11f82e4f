import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Fold, indexNames, resolveName, unresolved } from '../../core/graph/names.ts'

/** Postgres: unquoted names are lower-cased, quoted ones taken as they are. */
const postgres: Fold = (name, quoted) => (quoted ? name : name.toLowerCase())
/** DuckDB: case never matters. */
const duckdb: Fold = (name) => name.toLowerCase()

/** `staging."Flights"` → parts and which of them are quoted. */
function reference(text: string) {
  const parts = text.split('.')
  return {
    parts: parts.map((part) => part.replaceAll('"', '')),
    quoted: parts.map((part) => part.startsWith('"')),
  }
}

function resolve(text: string, names: readonly string[], fold: Fold = duckdb) {
  const { parts, quoted } = reference(text)
  return resolveName(parts, quoted, indexNames(names, { fold, defaultSchema: 'main', database: 'db' }))
}

describe('a reference means', () => {
  const project = ['staging.flights', 'raw.flights', 'staging.airports', 'regions', 'marts.Daily']
  const found = (name: string) => ({ kind: 'found', name })
  test.each([
    ['staging.flights', found('staging.flights')],
    ['STAGING.Flights', found('staging.flights')],
    ['"staging"."FLIGHTS"', found('staging.flights')],
    ['airports', found('staging.airports')],
    ['regions', found('regions')],
    ['main.regions', found('regions')],
    ['db.main.regions', found('regions')],
    ['db.staging.flights', found('staging.flights')],
    ['DB.staging.flights', found('staging.flights')],
    ['marts.daily', found('marts.Daily')],
    ['daily', found('marts.Daily')],
    ['flights', { kind: 'ambiguous', candidates: ['raw.flights', 'staging.flights'] }],
    ['staging.regions', { kind: 'unknown' }],
    ['main.flights', { kind: 'unknown' }],
    ['other.staging.flights', { kind: 'unknown' }],
    ['db.regions', { kind: 'unknown' }],
    ['flight', { kind: 'unknown' }],
    ['a.b.staging.flights', { kind: 'unknown' }],
  ])('%s', (text, expected) => {
    expect(resolve(text, project)).toEqual(expected)
  })
})

describe('on an engine where quotes keep case', () => {
  test.each([
    ['daily', 'found'],
    ['DAILY', 'found'],
    ['"Daily"', 'found'],
    ['"daily"', 'found'],
    ['"DAILY"', 'unknown'],
    ['"Marts".daily', 'unknown'],
  ])('%s', (text, kind) => {
    expect(resolve(text, ['marts.Daily'], postgres).kind).toBe(kind)
  })
})

test('a name of three parts is found whole, or by its end', () => {
  const names = ['lake.raw.flights', 'raw.airports']
  expect(resolve('lake.raw.flights', names)).toEqual({ kind: 'found', name: 'lake.raw.flights' })
  expect(resolve('raw.flights', names)).toEqual({ kind: 'found', name: 'lake.raw.flights' })
  expect(resolve('raw.flights', [...names, 'raw.flights'])).toEqual({ kind: 'found', name: 'raw.flights' })
  expect(resolve('flights', names)).toEqual({ kind: 'found', name: 'lake.raw.flights' })
})

test('names that the engine cannot tell apart are found', () => {
  const names = ['a.x', 'A.x', 'a.y', 'z', 'main.Z']
  expect(indexNames(names, { fold: duckdb, defaultSchema: 'main' }).collisions).toEqual([
    ['A.x', 'a.x'],
    ['main.Z', 'z'],
  ])
  expect(indexNames(names, { fold: postgres }).collisions).toEqual([['A.x', 'a.x']])
})

describe('a reference without one meaning is explained', () => {
  const index = indexNames(['staging.flights', 'raw.flights', 'flights'], {
    fold: duckdb,
    defaultSchema: 'main',
  })
  const place = { file: 'models/a.sql', line: 1, column: 6 }

  test('by its candidates', () => {
    const candidates = ['flights', 'raw.flights', 'staging.flights']
    expect(
      unresolved({ kind: 'ambiguous', candidates }, ['flights'], index, { model: 'a', place }),
    ).toMatchObject({
      code: 'SL411',
      message: '`flights` may be `main.flights`, `raw.flights` or `staging.flights`',
      hint: 'Write the schema too: main.flights.',
      model: 'a',
      place,
    })
  })

  test('by what may have been meant', () => {
    const found = unresolved({ kind: 'unknown' }, ['staging', 'fligths'], index, {})
    expect(found).toMatchObject({
      code: 'SL410',
      message: 'there is no model, seed or source `staging.fligths`',
    })
    expect(found.hint).toContain('`staging.flights`')
  })
})

describe('against an oracle that tries every name', () => {
  const part = fc.constantFrom('a', 'A', 'b', 'B', 'main', 'db')
  const name = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'))
  const wanted = fc.array(fc.record({ text: part, quoted: fc.boolean() }), { minLength: 1, maxLength: 3 })
  const engine = fc.constantFrom(duckdb, postgres)

  /** Every way to write a name in full without quotes, compared as text. */
  function oracle(
    reference: readonly { readonly text: string; readonly quoted: boolean }[],
    names: readonly string[],
    fold: Fold,
  ): readonly string[] {
    const ends = (parts: typeof reference, exactly: boolean) =>
      names.filter((name) => {
        const full = name.includes('.') ? name : `main.${name}`
        const all = full.split('.')
        if (exactly ? all.length !== parts.length : all.length < parts.length) return false
        const end = all.slice(all.length - parts.length)
        return parts.every(({ text, quoted }, i) => {
          const spelled = quoted ? [fold(end[i]!, false), fold(end[i]!, true)] : [fold(end[i]!, false)]
          return spelled.includes(fold(text, quoted))
        })
      })
    const found = (parts: typeof reference) => {
      const exact = parts.length > 1 ? ends(parts, true) : []
      return exact.length > 0 ? exact : ends(parts, false)
    }
    const whole = found(reference)
    if (whole.length > 0 || reference.length < 3) return whole
    const [first] = reference
    return fold(first!.text, first!.quoted) === 'db' ? found(reference.slice(1)) : []
  }

  test('every reference resolves alike', () => {
    fc.assert(
      fc.property(wanted, fc.uniqueArray(name, { maxLength: 12 }), engine, (reference, names, fold) => {
        const found = resolveName(
          reference.map((each) => each.text),
          reference.map((each) => each.quoted),
          indexNames(names, { fold, defaultSchema: 'main', database: 'db' }),
        )
        const expected = [...oracle(reference, names, fold)].sort()
        if (expected.length === 0) expect(found).toEqual({ kind: 'unknown' })
        else if (expected.length === 1) expect(found).toEqual({ kind: 'found', name: expected[0] })
        else expect(found).toEqual({ kind: 'ambiguous', candidates: expected })
      }),
      { seed: 4101, numRuns: 3000 },
    )
  })

  test('every name that collides with no other is found by itself, in quotes and by its folded text', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 12 }), engine, (names, fold) => {
        const options = { fold, defaultSchema: 'main' }
        const colliding = new Set(indexNames(names, options).collisions.flat())
        const index = indexNames(
          names.filter((each) => !colliding.has(each)),
          options,
        )
        for (const each of index.names) {
          const parts = each.includes('.') ? each.split('.') : ['main', each]
          for (const quoted of [false, true]) {
            const flags = parts.map(() => quoted)
            expect(resolveName(parts, flags, index)).toEqual({ kind: 'found', name: each })
          }
        }
      }),
      { seed: 4102, numRuns: 1000 },
    )
  })
})
