declare const SLUICE_VERSION: string | undefined

/** The version of this build; the sources themselves have none. */
export const version = typeof SLUICE_VERSION === 'string' ? SLUICE_VERSION : 'development'
