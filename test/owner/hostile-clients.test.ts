import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, rm, stat, symlink } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { isOurs, makeFolder } from '../../cli/owner/place.ts'
import { OwnerProject } from './owner-project.ts'

const opened: OwnerProject[] = []

async function open(): Promise<OwnerProject> {
  const project = await OwnerProject.open()
  opened.push(project)
  return project
}

afterEach(() => Promise.all(opened.splice(0).map((project) => project.close())))

async function socket(project: OwnerProject): Promise<Socket> {
  const [path] = await project.socketPaths()
  const made = connect(path!)
  made.on('error', () => undefined)
  await once(made, 'connect')
  return made
}

/** Resolves when the socket is closed, in whatever way. */
function closed(client: Socket): Promise<void> {
  return new Promise((resolve) => client.once('close', () => resolve()))
}

test('garbage on the socket ends the conversation and nothing else', async () => {
  const project = await open()
  const { child, run } = await project.running()
  const noise = Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 7919 + 13) % 256))
  const sent: readonly (string | Buffer)[] = [
    '\n',
    'hello\n',
    '{}\n',
    '[]\n',
    'null\n',
    '{"op":"query"}\n',
    '{"version":1,"op":"query","sql":1,"params":[]}\n',
    '{"version":1,"op":"query","sql":"select $1","params":[{"integer":"x"}]}\n',
    '{"version":1,"op":"query","sql":"select 1","params":[[]]}\n',
    '{"version":1,"op":"numbers","sql":"select 1","kinds":["text"]}\n',
    '{"version":1,"op":"catalog","question":"constructor","relation":{"schema":"main","name":"fast"}}\n',
    '{"version":1,"op":"catalog","question":"kind","relation":"fast"}\n',
    '{"version":99,"op":"query","sql":"select 1","params":[]}\n',
    '{"version":1,"op":"__proto__"}\n',
    `{"version":1,"op":"cancel","run":["${run}"]}\n`,
    Buffer.concat([noise, Buffer.from('\n')]),
  ]
  for (const text of sent) {
    const client = await socket(project)
    let answer = ''
    client.setEncoding('utf8').on('data', (part: string) => {
      answer += part
    })
    client.write(text)
    await closed(client)
    expect(JSON.parse(answer), String(text)).toMatchObject({ type: 'failed', failure: { kind: 'protocol' } })
  }
  // A line that never ends.
  const endless = await socket(project)
  const hungUp = closed(endless)
  const pour = (): void => {
    while (!endless.destroyed && endless.write('x'.repeat(1_000_000)));
  }
  endless.on('drain', pour)
  pour()
  await hungUp
  // Those who leave in the middle of a question, say nothing, or want no answer.
  for (let at = 0; at < 20; at++) {
    const client = await socket(project)
    client.write('{"version":1,"op":"query","sql":"select count(*) from range(1000000000) a, ra')
    client.destroy()
  }
  const owner = await project.owner()
  expect(owner.info.run).toMatchObject({ id: run, isCanceled: false })
  owner.close()
  expect(child.hasEnded).toBe(false)
})

test('a client that asks much and takes nothing keeps nobody from being answered', async () => {
  const project = await open()
  const { child, run } = await project.running()
  const many = `{"version":1,"op":"query","sql":"select repeat('x', 1000) as x from range(10000000)","params":[]}\n`
  const greedy = await Promise.all(Array.from({ length: 3 }, () => socket(project)))
  for (const client of greedy) {
    client.pause()
    client.write(many.repeat(100))
  }
  const follower = await socket(project)
  follower.pause()
  follower.write('{"version":1,"op":"events"}\n')
  const owner = await project.owner()
  expect(owner.info.run?.id).toBe(run)
  owner.close()
  // Statements have few places: whoever leaves makes room.
  for (const client of greedy) client.destroy()
  expect(await project.json('show', 'fast', '--limit', '1')).toHaveLength(1)
  expect(child.hasEnded).toBe(false)
})

test('fifty clients at once are all answered', async () => {
  const project = await open()
  const { child } = await project.running()
  const answers = await Promise.all(
    Array.from({ length: 50 }, async (_, client) => {
      const owner = await project.owner()
      const rows = await owner.query('select id + $1 as id from fast order by id', [client])
      const numbers = await owner.readNumbers(`select ${client} + range from range(100000)`, ['number'])
      const last = await owner.query('select count(*) as n from range(20000)', [])
      owner.close()
      return [rows, numbers.count, numbers.columns[0]!.at(-1), last]
    }),
  )
  expect(answers).toEqual(
    Array.from({ length: 50 }, (_, client) => [
      [0, 1, 2].map((id) => ({ id: id + client })),
      100_000,
      client + 99_999,
      [{ n: 20_000 }],
    ]),
  )
  expect(child.hasEnded).toBe(false)
})

test('followers get the run and what happens in it, until its end', async () => {
  const project = await open()
  const { child, run } = await project.running()
  const [owner, canceling] = [await project.owner(), await project.owner()]
  const events: { readonly type: string }[] = []
  const ended = owner.ask(
    { op: 'events' },
    { event: (event) => events.push(event as { readonly type: string }) },
  )
  await canceling.ask({ op: 'cancel', run })
  canceling.close()
  await ended.catch(() => undefined)
  await child.end()
  expect(events[0]).toMatchObject({ type: 'run_started', run })
  expect(events.map(({ type }) => type)).toContain('task_canceled')
})

test('only the user can reach the socket', async () => {
  const project = await open()
  await project.running()
  const [path] = await project.socketPaths()
  expect((await stat(path!)).mode & 0o777).toBe(0o600)
  expect((await stat(dirname(path!))).mode & 0o777).toBe(0o700)
  // In a folder that others can write to, anybody could pretend to be the owner.
  await chmod(dirname(path!), 0o770)
  await expect(project.owner()).rejects.toThrow('nobody owns the database')
  await chmod(dirname(path!), 0o700)
  ;(await project.owner()).close()
})

test('a folder is used only if it is the user’s alone', async () => {
  const root = await mkdtemp(join(tmpdir(), 'sluice-place-'))
  try {
    const folder = join(root, 'sockets')
    expect(await isOurs(folder)).toBe(false)
    expect(await makeFolder(folder)).toBe(true)
    expect(await makeFolder(folder)).toBe(true)
    await mkdir(join(root, 'open'), { mode: 0o755 })
    expect(await makeFolder(join(root, 'open'))).toBe(false)
    await symlink(folder, join(root, 'link'))
    expect(await makeFolder(join(root, 'link'))).toBe(false)
    expect(await makeFolder(join(root, 'missing', 'folder'))).toBe(false)
  } finally {
    await rm(root, { recursive: true, force: true })
  }
})
