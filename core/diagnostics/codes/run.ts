export const runCodes = {} as const
