import type { Handler } from '../command.ts'

export const show: Handler = async () => {
  throw new Error('not connected')
}
