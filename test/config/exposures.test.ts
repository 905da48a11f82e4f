import { afterEach, expect, test } from 'vitest'
import { loadProject } from '../../core/config/load.ts'
import { writeProject } from './project-folder.ts'

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

async function exposuresOf(yaml: string) {
  const { root, remove } = writeProject({ 'models/a.sql': 'select 1 as id', 'models/exposures.yml': yaml })
  cleanups.push(remove)
  const { project } = await loadProject({ root, env: {} })
  return project.exposures
}

test('an exposure that says everything', async () => {
  const [exposure] = await exposuresOf(`exposures:
  - name: delays
    label: Delays by route
    type: dashboard
    url: https://bi.example.com/7?tab=a#b
    owner: { name: Operations, email: ops@example.com }
    description: On the wall
    tags: [daily, wall]
    reads: [a, a]
`)
  expect(exposure).toEqual({
    name: 'delays',
    label: 'Delays by route',
    type: 'dashboard',
    url: 'https://bi.example.com/7?tab=a#b',
    owner: 'Operations',
    ownerEmail: 'ops@example.com',
    description: 'On the wall',
    tags: ['daily', 'wall'],
    reads: ['a', 'a'],
    path: 'models/exposures.yml',
    place: { file: 'models/exposures.yml', line: 2, column: 5 },
    at: { file: 'models/exposures.yml', path: ['exposures', 0] },
  })
})

test('one that says as little as it can is called by its name, and needs no list for one relation', async () => {
  const [exposure] = await exposuresOf('exposures: [{ name: guide, reads: a, tags: daily }]')
  expect(exposure).toMatchObject({ name: 'guide', label: 'guide', tags: ['daily'], reads: ['a'] })
  expect(exposure).not.toHaveProperty('owner')
  expect(exposure).not.toHaveProperty('url')
})

test.each([
  ['Operations', 'Operations', undefined],
  ['ops@example.com', undefined, 'ops@example.com'],
  ['Operations <ops@example.com>', 'Operations', 'ops@example.com'],
  ['Operations <no address>', 'Operations <no address>', undefined],
  ['{ name: Operations }', 'Operations', undefined],
  ['{ email: ops@example.com }', undefined, 'ops@example.com'],
])('the owner %s is the name %s and the address %s', async (owner, name, email) => {
  const [exposure] = await exposuresOf(`exposures: [{ name: x, reads: a, owner: ${owner} }]`)
  expect([exposure!.owner, exposure!.ownerEmail]).toEqual([name, email])
})

test.each([
  'http://intranet/x',
  'https://bi.example.com/a b',
  'https:',
  'ftp://example.com',
  'bi.example.com',
  'data:text/html,x',
])('the address %s is a link only if a browser can follow it safely', async (url) => {
  const loading = exposuresOf(`exposures: [{ name: x, reads: a, url: "${url}" }]`)
  if (url === 'http://intranet/x') expect((await loading)[0]!.url).toBe(url)
  else await expect(loading).rejects.toMatchObject({ diagnostics: [{ code: 'SL196' }] })
})
