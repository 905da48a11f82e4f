export const sqlCodes = {} as const
