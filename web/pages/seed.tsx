import type { JSX } from 'preact'
import type { SeedPage } from '../../core/docs/api.ts'
import { CheckTable } from '../components/check-table.tsx'
import { ColumnTable } from '../components/column-table.tsx'
import { Neighbors } from '../components/neighbors.tsx'
import { Facts, NodePage } from '../components/node-page.tsx'
import { PublicationFacts } from '../components/publication.tsx'

export function SeedView({ page }: { readonly page: SeedPage }): JSX.Element {
  const { name, relation, published, columns, columnsNote, checkList, upstream, downstream } = page
  return (
    <NodePage
      node={page}
      what="seed"
      facts={<Facts facts={[{ name: 'relation', value: <span class="mono">{relation}</span> }]} />}
      sections={[
        ...(published === undefined
          ? []
          : [{ id: 'published', title: 'Published', content: <PublicationFacts published={published} /> }]),
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
