import type { JSX } from 'preact'
import type { CheckLine, CheckResult } from '../../core/docs/api.ts'
import { Instant } from './instant.tsx'
import { MarkdownText } from './markdown.tsx'
import { NodeLink } from './node-link.tsx'
import { RunLink } from './partition-facts.tsx'
import { countedText } from './quantity.ts'
import { ScrollRegion } from './scroll-region.tsx'
import { StatusBadge } from './status-badge.tsx'

/** Checks of a relation: what they demand, and what became of them last. */
export function CheckTable({ checks }: { readonly checks: readonly CheckLine[] }): JSX.Element {
  if (checks.length === 0) return <p class="empty">Nothing is checked here.</p>
  return (
    <ul class="checks plain-list">
      {checks.map((check) => (
        <li key={check.name} class="check">
          <div class="check-head">
            <span class="check-name">
              {check.node === undefined ? (
                check.name
              ) : (
                <NodeLink node={{ kind: 'check', name: check.node }} />
              )}
            </span>
            {check.latest === undefined ? (
              <span class="quiet small">not yet run</span>
            ) : (
              <StatusBadge status={check.latest.status} />
            )}
            <span class="chip">{check.severity === 'error' ? 'blocks' : 'warns'}</span>
          </div>
          <p class="check-text">{check.text}</p>
          {check.description !== undefined && <MarkdownText text={check.description} />}
          {check.latest !== undefined && <CheckOutcome result={check.latest} />}
        </li>
      ))}
    </ul>
  )
}

/** What became of a check once: how many rows failed, where and when. */
export function CheckOutcome({ result }: { readonly result: CheckResult }): JSX.Element {
  const { failures, message, partition, at, run, sample } = result
  return (
    <div class="check-outcome small">
      {message !== undefined && <p class={`check-message status-${result.status}`}>{message}</p>}
      <p class="meta">
        {message === undefined && failures !== undefined && failures > 0 && (
          <span>{countedText(failures, 'failing row')}</span>
        )}
        {partition !== undefined && <span class="mono">{partition}</span>}
        {at !== undefined && <Instant at={at} />}
        <span>
          run <RunLink id={run} />
        </span>
      </p>
      {sample !== undefined && sample.rows.length > 0 && <Sample sample={sample} />}
    </div>
  )
}

/** Failing rows as they were found. */
export function Sample({ sample }: { readonly sample: NonNullable<CheckResult['sample']> }): JSX.Element {
  return (
    <details>
      <summary>{countedText(sample.rows.length, 'failing row')}, a sample</summary>
      <ScrollRegion label="Failing rows">
        <table>
          <thead>
            <tr>
              {sample.columns.map((column, index) => (
                <th key={index} scope="col" class="mono">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sample.rows.map((row, index) => (
              <tr key={index}>
                {row.map((value, column) => (
                  <td key={column} class="mono">
                    {value}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </details>
  )
}
