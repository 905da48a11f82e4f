import type { Handler } from '../command.ts'

export const parse: Handler = async () => {
  throw new Error('not connected')
}
