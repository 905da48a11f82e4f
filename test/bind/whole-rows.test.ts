import { expect, it } from 'vitest'
import { projects } from '../run/project.ts'
import { bind, columnsOf } from './bind.ts'

const open = projects('postgres')

it('a whole row of a relation has a type that only the target can name: it is unknown, and so is who reads it', async () => {
  const project = await open({
    'models/sources.yml':
      'sources:\n  - { name: raw.flights, columns: [{ name: id, type: int }, { name: origin, type: text }] }\n',
    'models/whole.sql': 'select f.id, f from raw.flights as f\n',
    'models/several.sql': 'select array_agg(f) as fs from raw.flights as f\n',
    'models/reader.sql': 'select (f).origin from whole\n',
    'models/taken_apart.sql': 'select (f).origin as origin, to_jsonb(f) as doc from raw.flights as f\n',
  })
  const bound = await bind(project)
  expect(bound.problems.map(({ code, severity, model }) => `${code} ${severity} ${model}`).sort()).toEqual([
    'SL374 warning several',
    'SL374 warning whole',
  ])
  expect(columnsOf(bound, 'whole')).toContain('its column `f` is a whole row')
  expect(columnsOf(bound, 'reader')).toContain('unknown')
  expect(columnsOf(bound, 'taken_apart')).toBe('origin text, doc jsonb')
})
