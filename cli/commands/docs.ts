import { join, resolve } from 'node:path'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import type { Handler } from '../command.ts'
import { buildSite } from '../docs/build.ts'
import { openSite } from '../docs/open-site.ts'
import { readFacts } from '../docs/read-facts.ts'
import { exitCodes } from '../exit.ts'
import { jsonLine } from '../text/json.ts'
import { counted } from '../text/quantity.ts'
import { openWorkspace } from '../workspace.ts'

/** `sluice docs build` and `sluice docs serve`. */
export const docs: Handler = async (invocation) => {
  const [word] = invocation.arguments
  if (word !== 'build') {
    throw SluiceError.of('SL904', {
      message: word === undefined ? '`sluice docs` needs a word' : `\`sluice docs ${word}\` is no command`,
      hint: '`sluice docs build` writes the site, `sluice docs serve` shows it.',
    })
  }
  const workspace = await openWorkspace(invocation, { isTolerant: true })
  const { renderPage } = await import('../../web/site/node.ts')
  const facts = await readFacts(workspace, invocation, { withSamples: false })
  const site = await openSite(workspace, invocation, facts, { hasSamples: false })
  const folder = resolve(
    invocation.workingDirectory,
    invocation.options.folder ?? join(workspace.project.project.root, 'target/docs'),
  )
  const pages = await buildSite({ site, folder, assets: join(__dirname, 'assets'), renderPage })
  if (invocation.format === 'json') invocation.terminal.out.write(jsonLine({ folder, pages }))
  else invocation.terminal.out.write(`${counted(pages, 'page')} in ${folder}\n`)
  return exitCodes.good
}
