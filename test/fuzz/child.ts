import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { duckdb } from '../../adapters/duckdb/index.ts'
import { postgres } from '../../adapters/postgres/index.ts'
import { compileProject } from '../../core/compile/compile.ts'
import type { Engine } from '../../core/compile/templates.ts'
import { loadProject } from '../../core/config/load.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { judge } from './judge.ts'
import type { Answer, Question } from './site.ts'

/** A process that compiles what it is sent. It may crash or hang; the test that started it finds out. */

const factories = { duckdb, postgres }
const engines = new Map<string, Engine>()
let standing: ReadonlyMap<string, string> = new Map()

function engineOf(adapter: 'duckdb' | 'postgres'): Engine {
  const known = engines.get(adapter)
  if (known !== undefined) return known
  const { dialect, capabilities, parser } = factories[adapter]
  const engine = { dialect, capabilities, parser: parser() }
  engines.set(adapter, engine)
  return engine
}

/** Makes the folder hold exactly these files, writing only what differs from the question before. */
function write(root: string, files: Readonly<Record<string, string>>): void {
  const wanted = new Map(Object.entries(files))
  for (const path of standing.keys()) if (!wanted.has(path)) rmSync(join(root, path), { force: true })
  for (const [path, base64] of wanted) {
    if (standing.get(path) === base64) continue
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), Buffer.from(base64, 'base64'))
  }
  standing = wanted
}

async function answerTo(question: Question): Promise<Answer> {
  try {
    switch (question.kind) {
      case 'project': {
        write(question.root, question.files)
        const { project, warnings } = await loadProject({
          root: question.root,
          env: { DATABASE_URL: 'postgres://nobody@localhost/nowhere' },
        })
        const { compiled } = await compileProject(project, engineOf(project.target.adapter), warnings)
        return { outcome: 'good', faults: judge(compiled.warnings, question.root) }
      }
      case 'sql': {
        const { parser } = engineOf(question.dialect)
        const relational = new Set(question.texts.keys())
        const results = await parser.parse(question.texts, relational)
        const faults = results.flatMap((result, index) => {
          const text = question.texts[index]!
          if (result.ok) return result.query.end > text.length ? ['the end lies behind the text'] : []
          const { message, offset } = result.error
          const isInside = offset === undefined || (offset >= 0 && offset <= text.length)
          return [
            ...(isInside ? [] : [`offset ${offset} of a text of ${text.length}`]),
            ...(/\n\s+at |\[object |undefined/.test(message) && !text.includes('undefined') ? [message] : []),
          ].map((fault) => `${fault}\n${text}`)
        })
        if (results.length !== question.texts.length) faults.push('a text without an answer')
        return { outcome: results.every(({ ok }) => ok) ? 'good' : 'refused', faults }
      }
      default:
        return question satisfies never
    }
  } catch (error) {
    if (error instanceof SluiceError && question.kind === 'project') {
      return { outcome: 'refused', faults: judge(error.diagnostics, question.root) }
    }
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { outcome: 'refused', faults: [`an internal error: ${stack.slice(0, 3000)}`] }
  }
}

process.on('message', (question: Question) => {
  void answerTo(question).then((answer) => process.send!(answer))
})
