export const graphCodes = {} as const
