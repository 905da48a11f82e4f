'use strict'
const fs = require('node:fs')
const Module = require('node:module')
const path = require('node:path')
const vm = require('node:vm')

const idLength = 40

/** Runs the bundle, from compiled code if there is some of the same build and the same Node. Returns its script and its build's id. */
exports.loadBundle = function loadBundle(dist) {
  const file = path.join(dist, 'sluice.cjs')
  const source = fs.readFileSync(file, 'utf8')
  // `/*` id `*/`
  const id = source.slice(2, 2 + idLength)
  const script = new vm.Script(Module.wrap(source), { filename: file, cachedData: cachedCode(dist, id) })
  script.runInThisContext()({}, Module.createRequire(file), { exports: {} }, file, dist)
  return { script, id }
}

/** V8 itself refuses code of another version, but knows a source by its length only. */
function cachedCode(dist, id) {
  let cache
  try {
    cache = fs.readFileSync(path.join(dist, 'sluice.code-cache'))
  } catch {
    return undefined
  }
  const end = cache.length - idLength
  return cache.toString('latin1', end) === id ? cache.subarray(0, end) : undefined
}
