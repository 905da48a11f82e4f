import type { JSX } from 'preact'
import type { SourcePage } from '../../core/docs/api.ts'
import { CheckTable } from '../components/check-table.tsx'
import { ColumnTable } from '../components/column-table.tsx'
import { FreshnessText } from '../components/freshness.tsx'
import { Instant } from '../components/instant.tsx'
import { Neighbors } from '../components/neighbors.tsx'
import { Facts, NodePage } from '../components/node-page.tsx'
import { Observations } from '../components/observations.tsx'

export function SourceView({ page }: { readonly page: SourcePage }): JSX.Element {
  const { name, settings, freshness, observations, columns, columnsNote, checkList, upstream, downstream } =
    page
  return (
    <NodePage
      node={page}
      what="source"
      facts={
        <Facts
          facts={[
            ...(freshness === undefined
              ? []
              : [{ name: 'freshness', value: <FreshnessText freshness={freshness} /> }]),
            ...(freshness?.newest === undefined
              ? []
              : [{ name: 'newest row', value: <Instant at={freshness.newest} withAge /> }]),
            ...settings,
          ]}
        />
      }
      sections={[
        {
          id: 'observations',
          title: 'Changes seen',
          content: <Observations observations={observations} />,
        },
        {
          id: 'columns',
          title: 'Columns',
          content: (
            <ColumnTable
              relation={name}
              columns={columns}
              neighbors={[...upstream, ...downstream]}
              {...(columnsNote === undefined ? {} : { note: columnsNote })}
            />
          ),
        },
        { id: 'checks', title: 'Checks', content: <CheckTable checks={checkList} /> },
        { id: 'lineage', title: 'Read by', content: <Neighbors downstream={downstream} /> },
      ]}
    />
  )
}
