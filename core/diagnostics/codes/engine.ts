export const engineCodes = {} as const
