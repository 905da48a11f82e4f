// Writes dist/sluice.code-cache: the functions that commands use, compiled. Runs after the bundle is built.
'use strict'
const { renameSync, writeFileSync } = require('node:fs')
const path = require('node:path')
const { loadBundle } = require('../bin/load-bundle.cjs')

const root = path.join(__dirname, '..')
const dist = path.join(root, 'dist')
// V8 keeps what has been compiled so far, so a typical command is run first.
process.argv = [
  process.argv[0],
  path.join(root, 'bin/sluice.cjs'),
  'ls',
  '--project',
  path.join(root, 'models.example'),
]
const { script, id } = loadBundle(dist)
process.on('exit', (code) => {
  if (code !== 0)
    process.stderr.write('sluice ls --project models.example failed: the code cache is smaller\n')
  const draft = path.join(dist, `code-cache.${process.pid}.tmp`)
  writeFileSync(draft, Buffer.concat([script.createCachedData(), Buffer.from(id, 'latin1')]))
  renameSync(draft, path.join(dist, 'sluice.code-cache'))
  process.exitCode = 0
})
