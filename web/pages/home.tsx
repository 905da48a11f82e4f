import type { JSX } from 'preact'
import type { Attention, Coverage, HomePage, NodeKind, NodeLine } from '../../core/docs/api.ts'
import { CommandLine } from '../components/command-line.tsx'
import { Empty } from '../components/empty.tsx'
import { Instant } from '../components/instant.tsx'
import { NodeLink } from '../components/node-link.tsx'
import { PageSection } from '../components/page-section.tsx'
import { countedText, countText } from '../components/quantity.ts'
import { RunTable } from '../components/run-table.tsx'
import { ShareBar } from '../components/share-bar.tsx'
import { useSite } from '../components/site-context.ts'
import { StateBadge } from '../components/state-badge.tsx'
import { StateBar } from '../components/state-bar.tsx'
import { StatusBadge } from '../components/status-badge.tsx'

/** What somebody should know who looks once a day. */
export function HomeView({ page }: { readonly page: HomePage }): JSX.Element {
  const { info, link } = useSite()
  const hasStates = info.withoutState === undefined
  const catalog = link({ kind: 'catalog' })
  return (
    <>
      <div class="page-head">
        <h1>{info.project}</h1>
        <p class="meta">
          {page.counts
            .filter(({ count }) => count > 0)
            .map(({ kind, count }) => (
              <a key={kind} href={`${catalog}#kind=${kind}`}>
                {countedText(count, kind)}
              </a>
            ))}
          <span>
            target {info.target} ({info.adapter})
          </span>
        </p>
      </div>
      {hasStates && page.states.some(({ count }) => count > 0) && (
        <PageSection id="states" title="States">
          <StateBar states={page.states} href={(state) => `${catalog}#state=${state}`} />
        </PageSection>
      )}
      <PageSection id="attention" title="Needs attention" aside={attentionAside(page.attention)}>
        <AttentionList page={page} />
      </PageSection>
      {page.runs.length > 0 && (
        <PageSection id="runs" title="Newest runs" aside={<a href={link({ kind: 'runs' })}>all runs</a>}>
          <RunTable runs={page.runs} label="Runs, newest first" />
        </PageSection>
      )}
      <div class="home-below">
        <PageSection id="coverage" title="Coverage">
          <CoverageCard coverage={page.coverage} />
        </PageSection>
        <PageSection id="exposures" title="Exposures" aside="who uses it">
          <Exposures exposures={page.exposures} />
        </PageSection>
      </div>
    </>
  )
}

function attentionAside(attention: readonly Attention[]): string | undefined {
  return attention.length === 0 ? undefined : `${countText(attention.length)}, worst first`
}

function AttentionList({ page }: { readonly page: HomePage }): JSX.Element {
  const { info } = useSite()
  if (info.withoutState !== undefined) {
    return (
      <Empty title="No states are known" command="run">
        <p>{info.withoutState}</p>
      </Empty>
    )
  }
  if (page.attention.length === 0 && page.runs.length === 0) {
    return (
      <Empty title="Nothing has been run yet" command="run">
        <p>Afterwards this page tells what is stale, failing or late.</p>
      </Empty>
    )
  }
  if (page.attention.length === 0) {
    return (
      <p class="all-well status-succeeded">
        <span aria-hidden="true">✓</span> Everything that is due is published, fresh and passed its checks.
      </p>
    )
  }
  const first = page.attention.slice(0, 12)
  const others = page.attention.slice(12)
  return (
    <>
      <ul class="attention plain-list card">
        {first.map((each, index) => (
          <AttentionItem key={index} attention={each} />
        ))}
      </ul>
      {others.length > 0 && (
        <details>
          <summary>{countText(others.length)} more</summary>
          <ul class="attention plain-list card">
            {others.map((each, index) => (
              <AttentionItem key={index} attention={each} />
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

function AttentionItem({ attention }: { readonly attention: Attention }): JSX.Element {
  const { link } = useSite()
  const { node, why, severity, message, partitions, since, run, next } = attention
  return (
    <li>
      <div class="attention-what">
        <span class="attention-head">
          {why === 'check' ? (
            <StatusBadge status={severity === 'error' ? 'failed' : 'warned'} />
          ) : (
            <StateBadge state={why} />
          )}
          <NodeLink node={node} withKind />
        </span>
        <p>{message}</p>
        <p class="meta">
          {partitions !== undefined && <span>{countedText(partitions, 'partition')}</span>}
          {since !== undefined && (
            <span>
              since <Instant at={since} withAge />
            </span>
          )}
          {run !== undefined && (
            <span>
              run{' '}
              <a class="mono" href={link({ kind: 'run', name: run })}>
                {run}
              </a>
            </span>
          )}
        </p>
      </div>
      {next !== undefined && <CommandLine command={next} />}
    </li>
  )
}

function CoverageCard({ coverage }: { readonly coverage: Coverage }): JSX.Element {
  const { models, unchecked, undescribed } = coverage
  if (models === 0) return <Empty title="No models yet" />
  return (
    <div class="card stack">
      <div class="shares">
        <ShareBar label="models with checks" count={coverage.withChecks} of={models} />
        <ShareBar label="models described" count={coverage.withDescription} of={models} />
        <ShareBar label="models with an owner" count={coverage.withOwner} of={models} />
        <ShareBar label="models with a contract" count={coverage.withContract} of={models} />
        <ShareBar label="columns described" count={coverage.columnsDescribed} of={coverage.columns} />
      </div>
      {unchecked.length > 0 && (
        <details>
          <summary>{countedText(unchecked.length, 'model')} without checks</summary>
          <ul class="name-list plain-list">
            {unchecked.map((name) => (
              <li key={name}>
                <NodeLink node={model(name)} />
              </li>
            ))}
          </ul>
        </details>
      )}
      {undescribed.length > 0 && (
        <details>
          <summary>{countedText(undescribed.length, 'model')} with columns that nobody describes</summary>
          <ul class="name-list plain-list">
            {undescribed.map(({ model: name, missing, of }) => (
              <li key={name}>
                <NodeLink node={model(name)} />{' '}
                <span class="quiet">
                  {missing} of {of}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}

function model(name: string): { readonly kind: NodeKind; readonly name: string } {
  return { kind: 'model', name }
}

function Exposures({ exposures }: { readonly exposures: readonly NodeLine[] }): JSX.Element {
  if (exposures.length === 0) {
    return (
      <Empty title="None declared">
        <p>
          Dashboards and reports under <code>exposures:</code> in a YAML file show who is hit by what.
        </p>
      </Empty>
    )
  }
  return (
    <ul class="attention plain-list card">
      {exposures.map((exposure) => (
        <li key={exposure.name}>
          <div class="attention-what">
            <span class="attention-head">
              <StateBadge state={exposure.state} />
              <NodeLink node={exposure} withKind />
            </span>
            {exposure.summary !== undefined && <p>{exposure.summary}</p>}
            {exposure.owner !== undefined && <p class="meta">owner {exposure.owner}</p>}
          </div>
        </li>
      ))}
    </ul>
  )
}
