import { describe, expect, it } from 'vitest'
import { loadProject } from '../../core/config/load.ts'
import { catalogue } from '../../core/diagnostics/catalogue.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import { readBadProjects } from './bad-projects.ts'
import { summary, writeProject } from './project-folder.ts'

const cases = readBadProjects()

describe('a wrong project is refused with every mistake in its place:', () => {
  it('there are cases enough', () => {
    expect(cases.length).toBeGreaterThanOrEqual(70)
  })

  it.each(cases)('$name', async ({ files, options, mistakes }) => {
    const { root, remove } = writeProject(files)
    try {
      const error: unknown = await loadProject({ root, env: {}, ...options }).catch(
        (thrown: unknown) => thrown,
      )
      if (!(error instanceof SluiceError)) throw error
      expect(summary(error.diagnostics)).toBe(mistakes)
      for (const { code, place, frame, hint } of error.diagnostics) {
        expect(catalogue).toHaveProperty(code)
        expect(hint).toBeTruthy()
        if (place === undefined) continue
        const line = (files[place.file] ?? '').split('\n')[place.line - 1]
        // Lines that hold a URL are shown with asterisks, and not at all where the YAML is broken.
        if (line !== undefined && frame !== undefined && !frame.includes('*')) expect(frame).toBe(line)
        if (place.file !== 'sluice.yml' && line !== undefined && files[place.file] !== '') {
          expect(frame).toBeDefined()
        }
      }
    } finally {
      remove()
    }
  })
})
