import type { JSX } from 'preact'
import type { ModelPage } from '../../core/docs/api.ts'
import { CheckTable } from '../components/check-table.tsx'
import { ColumnTable } from '../components/column-table.tsx'
import { FreshnessText } from '../components/freshness.tsx'
import { Neighbors } from '../components/neighbors.tsx'
import { Facts, NodePage, type NodeSection } from '../components/node-page.tsx'
import { PartitionSection } from '../components/partition-section.tsx'
import { PublicationFacts } from '../components/publication.tsx'
import { countedText } from '../components/quantity.ts'
import { SqlSection } from '../components/sql-section.tsx'
import { UnitTests } from '../components/unit-tests.tsx'
import { usePartitionChoice } from '../components/use-partition-choice.ts'

const noKeys: readonly string[] = []

export function ModelView({ page }: { readonly page: ModelPage }): JSX.Element {
  const { partitions } = page
  const keys = partitions?.keys ?? noKeys
  const [chosen, choose] = usePartitionChoice(keys)
  const key = keys[chosen]
  const sections: NodeSection[] = [
    ...stateSections(page, chosen, choose),
    {
      id: 'columns',
      title: 'Columns',
      aside: page.columns.length > 0 ? countedText(page.columns.length, 'column') : undefined,
      content: (
        <ColumnTable
          relation={page.name}
          columns={page.columns}
          neighbors={[...page.upstream, ...page.downstream]}
          {...(page.columnsNote === undefined ? {} : { note: page.columnsNote })}
        />
      ),
    },
    { id: 'checks', title: 'Checks', content: <CheckTable checks={page.checkList} /> },
    {
      id: 'sql',
      title: 'SQL',
      content: (
        <SqlSection
          sql={page.sql}
          {...(key === undefined ? {} : { chosen: key })}
          choose={(key) => choose(keys.indexOf(key))}
        />
      ),
    },
    {
      id: 'lineage',
      title: 'Upstream and downstream',
      content: <Neighbors upstream={page.upstream} downstream={page.downstream} />,
    },
    ...(page.unitTests.length === 0
      ? []
      : [{ id: 'unit-tests', title: 'Unit tests', content: <UnitTests tests={page.unitTests} /> }]),
  ]
  const newest = partitions && newestDue(partitions.keys, partitions.states)
  return (
    <NodePage
      node={page}
      what={`${page.materialization} model`}
      {...(newest === undefined ? {} : { stateOf: newest })}
      facts={<ModelFacts page={page} />}
      sections={sections}
    />
  )
}

/** The partition of which the model's state is said. */
function newestDue(keys: readonly string[], states: readonly string[]): string | undefined {
  return keys[states.findLastIndex((state) => state !== 'none')]
}

function stateSections(
  page: ModelPage,
  chosen: number,
  choose: (index: number) => void,
): readonly NodeSection[] {
  const { partitions, published } = page
  if (partitions !== undefined) {
    return [
      {
        id: 'partitions',
        title: 'Partitions',
        aside: `by ${partitions.grain}, ${partitions.timezone}`,
        content: <PartitionSection model={page.name} history={partitions} chosen={chosen} choose={choose} />,
      },
    ]
  }
  if (published === undefined) return []
  return [{ id: 'published', title: 'Published', content: <PublicationFacts published={published} /> }]
}

function ModelFacts({ page }: { readonly page: ModelPage }): JSX.Element {
  const { relation, schedule, freshness, settings, fingerprint } = page
  const says = (name: string): boolean => settings.some((each) => each.name === name)
  return (
    <Facts
      facts={[
        { name: 'relation', value: <span class="mono">{relation}</span> },
        ...(schedule === undefined || says('schedule')
          ? []
          : [{ name: 'schedule', value: <span class="mono">{schedule}</span> }]),
        ...(freshness === undefined
          ? []
          : [{ name: 'freshness', value: <FreshnessText freshness={freshness} /> }]),
        // The line above the name says how it is materialized.
        ...settings.filter(({ name }) => name !== 'materialization' && (name !== 'freshness' || !freshness)),
        { name: 'fingerprint', value: <span class="mono">{fingerprint.slice(0, 12)}</span> },
      ]}
    />
  )
}
