import type { Handler } from '../command.ts'

export const compile: Handler = async () => {
  throw new Error('not connected')
}
