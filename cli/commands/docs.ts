import { join, resolve } from 'node:path'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import type { Handler, Invocation } from '../command.ts'
import { printDiagnostics } from '../diagnostics/print.ts'
import { type ExitCode, exitCodes } from '../exit.ts'
import { jsonLine } from '../text/json.ts'
import { counted } from '../text/quantity.ts'

/** `sluice docs build` and `sluice docs serve`. */
export const docs: Handler = async (invocation) => {
  const [word] = invocation.arguments
  if (word === 'build') return build(invocation)
  if (word === 'serve') return serve(invocation)
  throw SluiceError.of('SL904', {
    message: word === undefined ? '`sluice docs` needs a word' : `\`sluice docs ${word}\` is no command`,
    hint: '`sluice docs build` writes the site, `sluice docs serve` shows it.',
  })
}

async function build(invocation: Invocation): Promise<ExitCode> {
  const { options, terminal, workingDirectory, signal } = invocation
  refuse(invocation, 'build', ['port', 'host', 'open'])
  const isJson = invocation.format === 'json'
  const { errorsOf, loadSite } = await import('../docs/load-site.ts')
  const { assetsFolder } = await import('../docs/assets.ts')
  const { buildSite } = await import('../docs/build.ts')
  const { renderNotFound, renderPage } = await import('../../web/site/node.ts')
  const assets = assetsFolder()
  const { workspace, site } = await loadSite(invocation)
  const target = options.folder ?? join(workspace.project.project.root, 'target/docs')
  const folder = resolve(workingDirectory, target)
  const built = await buildSite({ site, folder, assets, renderPage, renderNotFound, signal })
  const mistakes = errorsOf(workspace.problems)
  printDiagnostics(mistakes, terminal.err, isJson ? 'json' : 'text')
  if (isJson) terminal.out.write(jsonLine({ ...built, mistakes: mistakes.length }))
  else {
    terminal.out.write(`${counted(built.pages, 'page')} in ${built.folder}\n`)
    if (mistakes.length > 0) terminal.err.write('note: the site is without what could not be understood\n')
  }
  return mistakes.length > 0 ? exitCodes.failed : exitCodes.good
}

async function serve(invocation: Invocation): Promise<ExitCode> {
  refuse(invocation, 'serve', ['folder'])
  const { serveSite } = await import('../docs/serve.ts')
  await serveSite(invocation)
  return exitCodes.good
}

/** An option that does nothing must not be taken. */
function refuse(
  { options }: Invocation,
  word: string,
  names: readonly ('folder' | 'port' | 'host' | 'open')[],
): void {
  const given = names.find((name) => options[name] !== undefined)
  if (given === undefined) return
  throw SluiceError.of('SL904', {
    message: `\`sluice docs ${word}\` takes no --${given}`,
    next: 'sluice docs --help',
  })
}
