import { spawn } from 'node:child_process'

const programs: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}

/** Asks the desktop to show an address. Where there is none nothing happens: the address has been printed. */
export function openInBrowser(url: string): void {
  const [program, ...words] = programs[process.platform] ?? ['xdg-open']
  const child = spawn(program, [...words, url], { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}
