import type { Entry } from './descriptions.ts'
import type { YamlSource } from './problem.ts'
import type { ExposureConfig } from './project.ts'
import type { ExposureSettings } from './schema/exposure.ts'

/** The name that an exposure has among the nodes of a project. */
export function exposureNodeName(name: string): string {
  return `exposures.${name}`
}

/** An exposure as configured; undefined if something of it is wrong, which was said. */
export function exposureOf(
  { name, settings, broken, prefix, place }: Entry<ExposureSettings>,
  source: YamlSource,
): ExposureConfig | undefined {
  const { label, type, url, owner, description, tags, reads } = settings
  if (name === undefined || reads === undefined || broken.length > 0) return undefined
  return {
    name,
    path: source.file,
    place,
    at: { file: source.file, path: prefix },
    label: label ?? name,
    ...(type === undefined ? {} : { type }),
    ...(url === undefined ? {} : { url }),
    ...(owner?.name === undefined ? {} : { owner: owner.name }),
    ...(owner?.email === undefined ? {} : { ownerEmail: owner.email }),
    ...(description === undefined ? {} : { description }),
    tags: tags ?? [],
    reads,
  }
}
