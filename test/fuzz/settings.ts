import fc from 'fast-check'
import type { z } from 'zod'

/** Values that no schema expects at most places. */
const strange: fc.Arbitrary<unknown> = fc.constantFrom<unknown[]>(
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  -1e308,
  Number.MAX_SAFE_INTEGER + 2,
  '',
  ' ',
  'x',
  'x y',
  '*',
  '*.*.*.*',
  '1d',
  '-5m',
  '999999999999999999999d',
  '2024-01-01',
  '2024-13-45',
  '0000-00-00',
  '99999-01-01',
  '2024-W99',
  '* * * * *',
  '0 0 31 2 *',
  '*/0 * * * *',
  'Europe/Nowhere',
  'UTC',
  '__proto__',
  'constructor',
  "a'b",
  'a"b',
  'a;drop',
  'select 1',
  'select (',
  '(',
  '1 = 1)',
  '--',
  '/*',
  '{{x}}',
  '{{vars.late_after}}',
  '${X}',
  '\u0000',
  '\ud800',
  '\u202e',
  'ä'.repeat(70),
  'x'.repeat(10_000),
  [],
  {},
  [[]],
  [null],
  [{}],
  ['x', 'x'],
  { x: null },
  { constructor: 1 },
  { toString: 'x' },
  { a: { b: { c: { d: [1, [2, [3]]] } } } },
  Object.fromEntries([['__proto__', { polluted: true }]]),
)

/** Values shaped as a schema says, most of them, with others here and there. */
export function valuesOf(schema: z.core.$ZodType, depth = 0): fc.Arbitrary<unknown> {
  if (depth > 6) return strange
  return fc.oneof(
    { weight: 5, arbitrary: expected(schema as z.core.$ZodTypes, depth) },
    { weight: 1, arbitrary: strange },
  )
}

function expected(schema: z.core.$ZodTypes, depth: number): fc.Arbitrary<unknown> {
  const { def } = schema._zod
  const within = (inner: z.core.$ZodType) => valuesOf(inner, depth + 1)
  switch (def.type) {
    case 'object': {
      const keys = Object.entries(def.shape).map(([key, value]) => [key, within(value)] as const)
      const known = fc.record(Object.fromEntries(keys), { requiredKeys: [] })
      return fc.tuple(known, fc.option(fc.tuple(name, strange), { freq: 8 })).map(([map, more]) => {
        // Few keys at a time: a map with all of them is refused for the first that is wrong.
        const entries = Object.entries(map).filter((_, at) => at % 3 === 0 || depth > 0)
        return Object.fromEntries(more === null ? entries : [...entries, more])
      })
    }
    case 'record':
      return fc.array(fc.tuple(name, within(def.valueType)), { maxLength: 3 }).map(Object.fromEntries)
    case 'array':
      return fc.array(within(def.element), { maxLength: 3 })
    case 'optional':
    case 'nullable':
    case 'default':
    case 'readonly':
      return within(def.innerType)
    case 'pipe':
      return fc.oneof(within(def.in), within(def.out))
    case 'union':
      return fc.oneof(...def.options.map(within))
    case 'enum':
      return fc.constantFrom<unknown[]>(...Object.values(def.entries))
    case 'literal':
      return fc.constantFrom<unknown[]>(...def.values)
    case 'boolean':
      return fc.boolean()
    case 'number':
      return fc.constantFrom(0, 1, 2, 30, 366, 1000)
    case 'string':
      return name
    default:
      return fc.oneof(name, checks, strange)
  }
}

/** What a relation or a column of the projects is called, or something like it. */
const name = fc.constantFrom(
  'flight_date',
  'origin',
  'late_flights',
  'marts.daily_by_origin',
  'staging.flights',
  'staging.airports',
  'airport',
  'raw.flights',
  'states',
  'marts',
  'staging',
  'dev',
  'day',
  '6h',
  '2024-01-01',
  'date',
  'varchar',
  'warn',
  '0 6 * * *',
  'origin = destination',
  'x',
)

const checks = fc.constantFrom<unknown[]>(
  { not_null: ['origin'] },
  { unique: 'origin' },
  { unique: { columns: ['origin'], scope: 'table' } },
  { accepted_values: { column: 'origin', values: [1, 'x', true] } },
  { relationships: { column: 'origin', to: 'staging.airports', field: 'airport' } },
  { row_count: { min: 3, max: 1 } },
  { expression: 'origin = ' },
  { expression: 'origin in (select airport from staging.airports)' },
  { not_null: ['origin'], unique: 'origin' },
  'not_null',
)
