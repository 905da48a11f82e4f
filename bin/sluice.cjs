#!/usr/bin/env node
'use strict'
// libuv reads this once, when its pool starts: statements that run in the engine must leave threads for reading files.
process.env.UV_THREADPOOL_SIZE ??= '16'

const fs = require('node:fs')
const path = require('node:path')

const dist = path.join(__dirname, '..', 'dist')
if (!fs.existsSync(path.join(dist, 'sluice.cjs'))) {
  process.stderr.write('error: Sluice is not built yet\n next npm run build\n')
  process.exit(2)
}
if (process.argv.includes('--debug')) {
  // Source maps are only looked up for what `require` loads.
  process.setSourceMapsEnabled(true)
  require(path.join(dist, 'sluice.cjs'))
} else {
  require('./load-bundle.cjs').loadBundle(dist)
}
