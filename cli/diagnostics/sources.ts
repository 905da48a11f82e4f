import { readFile } from 'node:fs/promises'
import { isAbsolute, join, resolve } from 'node:path'
import { findProject } from '../../core/config/find.ts'
import type { Diagnostic, Place } from '../../core/diagnostics/diagnostic.ts'
import { frameOf } from '../../core/diagnostics/frame.ts'

/** Adds the source around its place to every diagnostic that has a place and no frame yet. */
export async function withFrames(
  diagnostics: readonly Diagnostic[],
  workingDirectory: string,
  project: string | undefined,
): Promise<readonly Diagnostic[]> {
  if (!diagnostics.some(({ place, frame }) => place !== undefined && frame === undefined)) return diagnostics
  const root =
    project === undefined
      ? (findProject(workingDirectory) ?? workingDirectory)
      : resolve(workingDirectory, project)
  const texts = new Map<string, Promise<string | undefined>>()
  const textOf = (place: Place) => {
    const path = isAbsolute(place.file) ? place.file : join(root, place.file)
    if (!texts.has(path))
      texts.set(
        path,
        readFile(path, 'utf8').catch(() => undefined),
      )
    return texts.get(path)!
  }
  return Promise.all(
    diagnostics.map(async (each) => {
      if (each.place === undefined || each.frame !== undefined) return each
      const text = await textOf(each.place)
      return text === undefined ? each : { ...each, frame: frameOf(text, each.place) }
    }),
  )
}
