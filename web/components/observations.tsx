import type { JSX } from 'preact'
import type { SourcePage } from '../../core/docs/api.ts'
import { Instant } from './instant.tsx'
import { countText } from './quantity.ts'
import { ScrollRegion } from './scroll-region.tsx'

/** Changes of a source that were recorded before it was read, newest first. */
export function Observations({
  observations,
}: {
  readonly observations: SourcePage['observations']
}): JSX.Element {
  if (observations.length === 0) return <p class="empty">No change of it was recorded.</p>
  const hasPartitions = observations.some((each) => each.partition !== undefined)
  return (
    <ScrollRegion label="Changes seen">
      <table>
        <thead>
          <tr>
            <th scope="col">Seen</th>
            {hasPartitions && <th scope="col">Partition</th>}
            <th scope="col" class="number">
              Version
            </th>
          </tr>
        </thead>
        <tbody>
          {observations.map(({ at, partition, version }, index) => (
            <tr key={index}>
              <td class="nowrap">
                <Instant at={at} withAge={index === 0} />
              </td>
              {hasPartitions && <td class="mono">{partition}</td>}
              <td class="number">{countText(version)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}
