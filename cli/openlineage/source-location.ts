import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { openRepository, revisionOf } from '../git/git.ts'
import { type GitWorld, runGit } from '../git/run-git.ts'

/** Says where a file of the project is in its repository. */
export type LocationOf = (path: string) => Readonly<Record<string, string>> | undefined

/** Where the project's files are on the web, if its repository has a remote that is: at the commit that is checked out. */
export async function sourceLocations(root: string, world: GitWorld): Promise<LocationOf> {
  const nowhere: LocationOf = () => undefined
  try {
    const repository = await openRepository(root, world)
    const { commit } = await revisionOf(repository, 'HEAD')
    const answer = await runGit(repository.folder, ['config', '--get', 'remote.origin.url'], world)
    const web = answer.exitCode === 0 ? webAddressOf(answer.output.toString('utf8').trim()) : undefined
    if (web === undefined) return nowhere
    return (path) => {
      const inRepository = [repository.prefix, path].filter(Boolean).join('/')
      const url = `${web}/blob/${commit}/${inRepository.split('/').map(encodeURIComponent).join('/')}`
      return { type: 'git', url, repoUrl: `${web}.git`, path: inRepository, version: commit }
    }
  } catch (error) {
    if (error instanceof SluiceError) return nowhere
    throw error
  }
}

/** The pages of a remote, without user, password and port of SSH: `git@host:team/shop.git` is `https://host/team/shop`. */
export function webAddressOf(remote: string): string | undefined {
  const scp = /^(?:[^@/]+@)?([^:/]+):(?!\/\/)(.+)$/.exec(remote)
  const url = scp === null ? URL.parse(remote) : undefined
  const [host, path] =
    scp !== null
      ? [scp[1]!, scp[2]!]
      : url !== undefined && url !== null && /^(?:https?|ssh|git):$/.test(url.protocol)
        ? [url.protocol.startsWith('http') ? url.host : url.hostname, url.pathname]
        : []
  if (host === undefined || path === undefined || !host.includes('.')) return undefined
  return `https://${host}/${path
    .replace(/^\/+/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')}`
}
