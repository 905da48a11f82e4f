import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts'

export const goodProject = `name: shop
default_target: dev
targets:
  dev: { adapter: duckdb, path: shop.duckdb }
  prod: { adapter: duckdb, path: prod.duckdb }
vars: { country: de }
pools: { warehouse: 4 }
`

/** Writes a project into a folder of its own; `sluice.yml` is a good one unless given. */
export function writeProject(files: Readonly<Record<string, string | Uint8Array>>): {
  readonly root: string
  readonly remove: () => void
} {
  const root = mkdtempSync(join(tmpdir(), 'sluice-config-'))
  for (const [path, content] of Object.entries({ 'sluice.yml': goodProject, ...files })) {
    const file = join(root, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) }
}

/** Diagnostics as the fixture holds them. */
export function summary(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .map(({ code, place, message, hint, severity }) => {
      const at = place ? `${place.file}:${place.line}:${place.column}` : '-'
      return `${code}${severity === 'warning' ? '(warning)' : ''} ${at} ${message}\n    ${hint}`
    })
    .join('\n')
}
