import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import type { SqlDoc } from '../../core/docs/api.ts'
import { sqlOf } from '../sql/partition-sql.ts'
import { CopyButton } from './copy-button.tsx'
import { SqlSource, SqlText } from './sql-text.tsx'
import { useIsLive } from './use-live.ts'

export interface SqlSectionProps {
  readonly sql: SqlDoc
  /** The partition that is chosen on the page, where there are partitions. */
  readonly chosen?: string
  readonly choose?: (key: string) => void
}

/** The file as it was written, and what is sent to the engine. Which of both is shown works without JavaScript. */
export function SqlSection({ sql, chosen, choose }: SqlSectionProps): JSX.Element {
  const isLive = useIsLive()
  const newest = sql.partitions[0]?.key
  const key = sql.partitions.some((each) => each.key === chosen) ? chosen : newest
  const compiled = useMemo(() => sqlOf(sql, key), [sql, key])
  return (
    <div class="sql-views">
      <input type="radio" name="sql-view" id="sql-view-source" class="sql-choice" defaultChecked />
      <label for="sql-view-source">Source</label>
      <input type="radio" name="sql-view" id="sql-view-compiled" class="sql-choice" />
      <label for="sql-view-compiled">Compiled</label>
      <div class="sql-panel sql-panel-source">
        <div class="sql-bar">
          <CopyButton text={sql.source} label="Copy the source" />
        </div>
        <SqlSource text={sql.source} label="Source" />
      </div>
      <div class="sql-panel sql-panel-compiled">
        <div class="sql-bar">
          {key !== undefined && (
            <PartitionChoice sql={sql} chosen={key} choose={isLive ? choose : undefined} />
          )}
          {compiled !== undefined && <CopyButton text={compiled.text} label="Copy the compiled SQL" />}
        </div>
        {chosen !== undefined && key !== undefined && key !== chosen && (
          <p class="note">
            There is no text for <span class="mono">{chosen}</span> here: this one is for{' '}
            <span class="mono">{key}</span>.
          </p>
        )}
        {sql.note !== undefined && <p class="note">{sql.note}</p>}
        {compiled !== undefined && <SqlText {...compiled} label="Compiled SQL" />}
        {compiled === undefined && sql.note === undefined && <p class="empty">There is no compiled text.</p>}
      </div>
    </div>
  )
}

interface PartitionChoiceProps {
  readonly sql: SqlDoc
  readonly chosen: string
  readonly choose: ((key: string) => void) | undefined
}

function PartitionChoice({ sql, chosen, choose }: PartitionChoiceProps): JSX.Element {
  if (choose === undefined || sql.partitions.length === 1) {
    return (
      <span class="small">
        for partition <span class="mono">{chosen}</span>
      </span>
    )
  }
  return (
    <label class="sql-partition small">
      for partition{' '}
      <select value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
        {sql.partitions.map(({ key }) => (
          <option key={key} value={key}>
            {key}
          </option>
        ))}
      </select>
    </label>
  )
}
