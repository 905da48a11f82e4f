// Owns one Postgres server for a test run. It ends the server and removes its folder when its standard input closes,
// which also happens when the process that started it is killed: no test run leaves a server behind.
// Arguments: one JSON object { binary, folder, data, args, uid, gid, env }.
// Input lines: `start`, `kill` (SIGKILL, as in a crash). Output lines: JSON { event, pid | message }.
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'

const plan = JSON.parse(process.argv[2])
const identity = plan.uid === undefined ? {} : { uid: plan.uid, gid: plan.gid }
let server
let ending = false

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`)

function start() {
  const child = spawn(plan.binary, ['-D', plan.data, ...plan.args], {
    ...identity,
    cwd: plan.folder,
    env: { ...process.env, ...plan.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  server = child
  let log = ''
  let ready = false
  child.stderr.setEncoding('utf8')
  child.stderr.on('data', (text) => {
    if (ready) return
    log += text
    if (!log.includes('database system is ready to accept connections')) return
    ready = true
    say({ event: 'ready', pid: child.pid })
  })
  child.on('error', (error) => say({ event: 'failed', message: error.message }))
  child.on('exit', () => {
    if (server === child) server = undefined
    if (ending) finish()
    else say(ready ? { event: 'exited' } : { event: 'failed', message: log })
  })
}

function finish() {
  rmSync(plan.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  process.exit(0)
}

function end() {
  if (ending) return
  ending = true
  if (server === undefined) finish()
  else server.kill('SIGINT')
}

// The process at the other end may be gone: nothing that is said then matters.
process.stdout.on('error', () => {})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end)
createInterface({ input: process.stdin })
  .on('line', (line) => {
    if (line === 'start') start()
    if (line === 'kill') server?.kill('SIGKILL')
  })
  .on('close', end)
