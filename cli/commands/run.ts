import type { Handler } from '../command.ts'

export const run: Handler = async () => {
  throw new Error('not connected')
}
