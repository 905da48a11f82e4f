import { spawnSync } from 'node:child_process'
import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { isGone, thisHost, thisWorker } from '../../cli/world.ts'

const ended = () => spawnSync(process.execPath, ['-e', '0']).pid

test('a process of this host that has ended is gone, and a living one is not', () => {
  expect(isGone({ ...thisWorker(), pid: ended() })).toBe(true)
  expect(isGone({ ...thisWorker(), pid: process.ppid })).toBe(false)
  expect(isGone(thisWorker())).toBe(false)
})

test('a worker of another container with the same host name is not known to be gone', () => {
  const other = thisHost((path) => (path.includes('ns') ? 'pid:[4026530001]' : 'a boot'))
  expect(other.startsWith(`${hostname()}#`)).toBe(true)
  expect(isGone({ ...thisWorker(), host: other, pid: ended() })).toBe(false)
})

test('without a kernel that tells more, a host is its name', () => {
  expect(thisHost(() => undefined)).toBe(hostname())
})
