declare const SLUICE_VERSION: string | undefined
declare const SLUICE_BUILD: string | undefined

/** The version of this build; the sources themselves have none. */
export const version = typeof SLUICE_VERSION === 'string' ? SLUICE_VERSION : 'development'

/** Identity of this build, by its content: caches of another one are not read. */
export const buildId = typeof SLUICE_BUILD === 'string' ? SLUICE_BUILD : 'development'
