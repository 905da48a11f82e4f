import type { Handler } from '../command.ts'

export const status: Handler = async () => {
  throw new Error('not connected')
}
