import { basename } from 'node:path'
import { readAddress } from '../../adapters/postgres/address.ts'
import type { TargetConfig } from '../../core/config/project.ts'
import type { DatasetSpace } from '../../core/openlineage/datasets.ts'

/** Where a target's relations are, as OpenLineage names it. Of its URL only host, port and database are said.
 * @see https://openlineage.io/docs/spec/naming */
export function spaceOf(target: TargetConfig, root: string, defaultSchema: string): DatasetSpace {
  switch (target.adapter) {
    case 'postgres': {
      const { host, port, database } = readAddress({
        target: target.name,
        url: target.url,
        settings: {},
        ...(target.database === undefined ? {} : { database: target.database }),
      })
      return { namespace: `postgres://${host}:${port}`, database, defaultSchema, root }
    }
    case 'duckdb': {
      const isMemory = target.path === ':memory:'
      return {
        namespace: `duckdb://${isMemory ? ':memory:' : target.path}`,
        database: target.database ?? (isMemory ? 'memory' : basename(target.path).replace(/\.[^.]*$/, '')),
        defaultSchema,
        root,
      }
    }
    default:
      return target satisfies never
  }
}
