import type { Handler } from '../command.ts'

export const check: Handler = async () => {
  throw new Error('not connected')
}
