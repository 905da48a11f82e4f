import type { Handler } from '../command.ts'

export const ls: Handler = async () => {
  throw new Error('not connected')
}
