import type { JSX } from 'preact'
import type { CheckPage } from '../../core/docs/api.ts'
import { CheckResults } from '../components/check-results.tsx'
import { Neighbors } from '../components/neighbors.tsx'
import { NodeLink } from '../components/node-link.tsx'
import { Facts, NodePage } from '../components/node-page.tsx'
import { SqlSection } from '../components/sql-section.tsx'
import { StatusBadge } from '../components/status-badge.tsx'

export function CheckView({ page }: { readonly page: CheckPage }): JSX.Element {
  const { severity, gateOf, demands, results, sql, upstream } = page
  return (
    <NodePage
      node={page}
      badge={results[0] && <StatusBadge status={results[0].status} />}
      what="check of the project's own"
      facts={
        <Facts
          facts={[
            { name: 'demands', value: demands },
            {
              name: 'severity',
              value: severity === 'error' ? 'error: what fails it is not published' : 'warn: it only tells',
            },
            {
              name: 'runs',
              value:
                gateOf === undefined ? (
                  'as a task of its own, after what it reads'
                ) : (
                  <>
                    inside the publishing of <NodeLink node={{ kind: 'model', name: gateOf }} />
                  </>
                ),
            },
          ]}
        />
      }
      sections={[
        { id: 'results', title: 'Results', content: <CheckResults results={results} /> },
        { id: 'sql', title: 'SQL', content: <SqlSection sql={sql} /> },
        { id: 'lineage', title: 'Reads', content: <Neighbors upstream={upstream} /> },
      ]}
    />
  )
}
