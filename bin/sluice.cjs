#!/usr/bin/env node
'use strict'
// libuv reads this once, when its pool starts: statements that run in the engine must leave threads for reading files.
process.env.UV_THREADPOOL_SIZE ??= '16'

const path = require('node:path')
const fs = require('node:fs')

const bundle = path.join(__dirname, '..', 'dist', 'sluice.cjs')
if (!fs.existsSync(bundle)) {
  process.stderr.write('error: Sluice is not built yet\n  next: npm run build\n')
  process.exit(2)
}
if (process.argv.includes('--debug')) process.setSourceMapsEnabled(true)
require(bundle)
