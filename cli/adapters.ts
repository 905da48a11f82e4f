import type { AdapterFactory } from '../core/adapter.ts'

/** Every engine by the name that targets use. Importing one is cheap; its driver is loaded when it is opened. */
export const adapterNames = ['duckdb', 'postgres'] as const
export type AdapterName = (typeof adapterNames)[number]

export async function adapterOf(name: AdapterName): Promise<AdapterFactory> {
  switch (name) {
    case 'duckdb':
      return (await import('../adapters/duckdb/index.ts')).duckdb
    case 'postgres':
      return (await import('../adapters/postgres/index.ts')).postgres
    default:
      return name satisfies never
  }
}
