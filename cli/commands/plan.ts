import type { Handler } from '../command.ts'

export const plan: Handler = async () => {
  throw new Error('not connected')
}
