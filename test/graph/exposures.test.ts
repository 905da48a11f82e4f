import { expect, test } from 'vitest'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { buildGraph, type GraphNode } from '../../core/graph/graph.ts'
import { select } from '../../core/graph/select.ts'

const node = (kind: GraphNode['kind'], name: string, ...upstream: string[]): GraphNode => ({
  name,
  kind,
  path: kind === 'exposure' ? 'models/exposures.yml' : `models/${name}.sql`,
  tags: [],
  upstream,
})

const graph = buildGraph([
  node('source', 'raw.flights'),
  node('model', 'marts.daily', 'raw.flights'),
  node('model', 'marts.guide'),
  node('exposure', 'exposures.daily', 'marts.daily', 'raw.flights'),
  node('exposure', 'exposures.wall', 'marts.daily', 'marts.guide'),
])
const facts = (name: string) => ({
  materialization: graph.nodes.get(name)!.kind,
  checks: [],
  ...(name === 'exposures.wall' ? { owner: 'Operations' } : {}),
})

test.each([
  ['exposure:wall', 'exposures.wall'],
  ['exposure:*', 'exposures.daily exposures.wall'],
  ['exposure:w?ll', 'exposures.wall'],
  ['wall', 'exposures.wall'],
  ['exposures.daily', 'exposures.daily'],
  ['exposures', 'exposures.daily exposures.wall'],
  ['exposures.*', 'exposures.daily exposures.wall'],
  // The model keeps its name, whatever a dashboard is called.
  ['daily', 'marts.daily'],
  ['daily+', 'exposures.daily exposures.wall marts.daily'],
  ['+exposures.wall', 'exposures.wall marts.daily marts.guide raw.flights'],
  ['1+exposure:daily', 'exposures.daily marts.daily raw.flights'],
  ['@marts.guide', 'exposures.wall marts.daily marts.guide raw.flights'],
  ['kind:exposure,marts.guide+', 'exposures.wall'],
  ['resource_type:exposure', 'exposures.daily exposures.wall'],
  ['materialization:exposure', 'exposures.daily exposures.wall'],
  ['owner:Operations', 'exposures.wall'],
  ['path:models/exposures.yml', 'exposures.daily exposures.wall'],
])('%s', (text, names) => {
  expect([...select({ graph, facts }, [text], [])].sort()).toEqual(names.split(' '))
})

test('an exposure that is not there: the names of those that are', () => {
  const refused = (text: string) => {
    try {
      select({ graph, facts }, [text], [])
    } catch (error) {
      if (error instanceof SluiceError) return error.diagnostics[0]
      throw error
    }
  }
  expect(refused('exposure:wal')).toMatchObject({ code: 'SL420', hint: 'did you mean `wall`?' })
  expect(refused('exposures:wall')).toMatchObject({ code: 'SL421', hint: 'did you mean `exposure`?' })
})
