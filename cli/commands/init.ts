import type { Handler } from '../command.ts'

export const init: Handler = async () => {
  throw new Error('not connected')
}
