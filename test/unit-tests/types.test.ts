import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadUnitTests } from '../../core/unit-tests/load.ts'
import { runUnitTest } from '../../core/unit-tests/run-test.ts'
import type { TestWorld } from '../../core/unit-tests/test-world.ts'
import { bind, factories } from '../bind/bind.ts'
import { engines, projects } from '../run/project.ts'

/** A type, a value as a test gives it, and as it expects the same value. */
const cases: Record<string, readonly (readonly [type: string, given: string, expected: string])[]> = {
  both: [
    ['timestamptz', '2024-01-05T10:00:00+02:00', '2024-01-05 08:00:00+00'],
    ['timestamptz', '2024-01-05 10:00:00', '"2024-01-05T10:00:00Z"'],
    ['timestamp', '2024-01-05T10:00:00.123456', '2024-01-05 10:00:00.123456'],
    ['date', '2024-02-29', '"2024-02-29"'],
    ['time', '10:00', '"10:00:00"'],
    ['"decimal(38,10)"', '"12345678901234567890.1234567890"', '"12345678901234567890.123456789"'],
    ['"decimal(20,2)"', '12345678901234567.25', '"12345678901234567.25"'],
    ['bigint', '9223372036854775807', '"9223372036854775807"'],
    ['bigint', '9007199254740993', '"9007199254740993"'],
    ['"decimal(38,0)"', '123456789012345678901234567890', '"123456789012345678901234567890"'],
    ['boolean', 'true', '"true"'],
    ['boolean', 'yes', 'true'],
    ['varchar', '007', '"007"'],
    ['varchar', '1e3', '"1e3"'],
    ['varchar', '1.50', '"1.50"'],
    ['varchar', '2024-01-05', '"2024-01-05"'],
    ['varchar', 'true', '"true"'],
    ['varchar', '0x1F', '"0x1F"'],
    ['varchar', '12345678901234567890', '"12345678901234567890"'],
    ['varchar', '"a\'b\\"c\\nd\\\\e"', '"a\'b\\"c\\nd\\\\e"'],
    ['varchar', '""', '""'],
    ['varchar', '"☃ 😀"', '"☃ 😀"'],
    ['double', 'NaN', '"NaN"'],
    ['double', '.nan', '.nan'],
    ['double', '.inf', '"Infinity"'],
    ['double', '0.1', '1e-1'],
    ['double', '-0.0', '0'],
    ['uuid', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
    ['interval', '1 day 02:00:00', '"1 day 2 hours"'],
    ['json', '{ a: 1, b: [x, null] }', '{ a: 1, b: [x, null] }'],
    ['json', '\'{"a": 1}\'', '{ a: 1 }'],
    ['json', '[1, 2]', '[1, 2]'],
    ['json', '5', '5'],
    ['json', '\'"text"\'', '\'"text"\''],
    ['json', '\'{"a b":  "c  d"}\'', '{ a b: c  d }'],
    ['"integer[]"', '[1, 2, null]', '[1, 2, null]'],
    ['"integer[]"', '[]', '[]'],
    ['"varchar[]"', '[a, "b,c", null, "d\\"e"]', '[a, "b,c", null, "d\\"e"]'],
    ['"timestamp[]"', '[2024-01-01 00:00:00]', '[2024-01-01T00:00:00]'],
  ],
  duckdb: [
    ['"struct(a integer, b varchar)"', '{ a: 1, b: x }', '{ a: 1, b: x }'],
    ['"struct(a integer, b varchar)[]"', '[{ a: 1, b: x }]', '[{ a: 1, b: x }]'],
    ['"map(varchar, integer)"', '{ k: 1 }', '{ k: 1 }'],
    ['blob', '"\\\\xAA\\\\x00"', '"\\\\xAA\\\\x00"'],
    ['hugeint', '170141183460469231731687303715884105727', '"170141183460469231731687303715884105727"'],
    ['ubigint', '18446744073709551615', '"18446744073709551615"'],
    ["\"enum('a','b')\"", 'a', 'a'],
    ['"bigint[]"', '[9007199254740993]', '["9007199254740993"]'],
    ['float', '0.1', '0.1'],
    ['"double[]"', '[0.1, .nan]', '[0.1, .nan]'],
    ['timestamp_ns', '2024-01-05 10:00:00.123456789', '"2024-01-05 10:00:00.123456789"'],
    ['bit', '"101"', '"101"'],
    ['varint', '123', '123'],
    ['"integer[3]"', '[1,2,3]', '[1,2,3]'],
    ['"decimal(10,2)[]"', '[1.5]', '[1.50]'],
  ],
  postgres: [
    ['jsonb', '{ b: 1, a: [x, null] }', '{ a: [x, null], b: 1 }'],
    ['bytea', '"\\\\xAA00"', '"\\\\xaa00"'],
    ['"numeric"', 'NaN', '"NaN"'],
    ['"numeric(10,2)[]"', '[1.5]', '[1.50]'],
    ['int4range', '"[1,5)"', '"[1,5)"'],
    ['"char(5)"', 'ab', 'ab'],
    ['real', '0.1', '0.1'],
    ['money', '12.5', '"12.50"'],
    ['inet', '10.0.0.1', '10.0.0.1'],
    ['"timestamp(0)"', '2024-01-05 10:00:00', '2024-01-05 10:00:00'],
    ['"bigint[]"', '[9007199254740993]', '["9007199254740993"]'],
    ['"double precision[]"', '[0.1, .nan]', '[0.1, .nan]'],
    ['point', '"(1,2)"', '"(1,2)"'],
    ['xml', '"<a/>"', '"<a/>"'],
    ['"jsonb[]"', '[{a: 1}]', '[{a: 1}]'],
    ['tsvector', '"a b"', "\"'a' 'b'\""],
  ],
}
describe.each(engines)('values of given and expected rows on %s', (engine) => {
  const open = projects(engine)

  test('arrive as they were written, whatever the type', { timeout: 120_000 }, async () => {
    const double = (type: string) => (type === 'double' && engine === 'postgres' ? 'double precision' : type)
    const all = [...cases.both!, ...cases[engine]!].map(
      ([type, given, expected]) => [double(type), given, expected] as const,
    )
    const sources = all.map(
      ([type], at) => `  - name: raw.t${at}\n    columns: [{ name: v, type: ${type} }]\n`,
    )
    const tests = all.map(
      ([, given, expected], at) =>
        `  - { name: c${at}, model: s.m${at}, given: { raw.t${at}: [{ v: ${given} }] }, expect: [{ v: ${expected} }] }\n`,
    )
    const project = await open({
      'models/sources.yml': `sources:\n${sources.join('')}`,
      ...Object.fromEntries(all.map((_, at) => [`models/s/m${at}.sql`, `select v from raw.t${at}`])),
    })
    mkdirSync(join(project.root, 'tests'), { recursive: true })
    writeFileSync(join(project.root, 'tests/t.yml'), `unit_tests:\n${tests.join('')}`)
    const loaded = loadUnitTests(project.root)
    expect(loaded.problems).toEqual([])
    const { project: compiled, texts } = await project.compile()
    const { relations } = await bind(project)
    const factory = factories[engine]
    const parser = factory.parser()
    const world: TestWorld = {
      project: compiled,
      texts,
      adapter: project.adapter,
      relations,
      csvTypes: factory.binder!.csvTypes,
      parser,
      schemaPrefix: 'sluice_testtypes_',
    }
    const wrong: unknown[] = []
    for (const [at, each] of loaded.tests.entries()) {
      const outcome = await runUnitTest(world, each)
      if (outcome.kind !== 'passed') wrong.push({ case: all[at], outcome })
    }
    await parser.close()
    expect(wrong).toEqual([])
  })
})
