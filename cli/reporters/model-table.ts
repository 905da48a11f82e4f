import { type TableColumn, tableLines } from '../terminal/table.ts'
import type { Colors } from '../terminal/terminal.ts'
import { count, duration } from '../text/quantity.ts'
import type { ModelProgress, Progress } from './progress.ts'

interface Column {
  readonly title: string
  readonly text: (model: ModelProgress) => string
  /** Left out where no model has anything to say. */
  readonly isOptional: boolean
}

const number = (value: number): string => (value === 0 ? '' : count(value))

const columns: readonly Column[] = [
  { title: 'MODEL', text: ({ model }) => model, isOptional: false },
  {
    title: 'PUBLISHED',
    text: ({ tally, plannedPartitions }) => {
      const isAll = tally.succeeded === plannedPartitions
      return isAll ? count(tally.succeeded) : `${count(tally.succeeded)} of ${count(plannedPartitions)}`
    },
    isOptional: false,
  },
  { title: 'FAILED', text: ({ tally }) => number(tally.failed), isOptional: true },
  { title: 'BLOCKED', text: ({ tally }) => number(tally.blocked), isOptional: true },
  { title: 'CANCELED', text: ({ tally }) => number(tally.canceled), isOptional: true },
  { title: 'FRESH', text: ({ tally }) => number(tally.skipped), isOptional: true },
  { title: 'ROWS', text: (model) => number(rowsOf(model)), isOptional: false },
  { title: 'TIME', text: timeOf, isOptional: false },
]

/** A line a model: what became of its partitions, how many rows were written, how long it took from its first start to its last end. */
export function modelTable({ models }: Progress, style: Colors, width?: number): readonly string[] {
  const all = [...models.values()].filter((each) => each.planned > 0)
  const shown = columns.filter((column) => !column.isOptional || all.some((each) => column.text(each) !== ''))
  const titles = shown.map(
    ({ title }, at): TableColumn => ({ title, ...(at === 0 ? { shrinks: 'middle' } : { align: 'right' }) }),
  )
  return tableLines(
    titles,
    all.map((each) => shown.map((column) => column.text(each))),
    { title: style.dim, ...(width === undefined ? {} : { width }) },
  )
}

function rowsOf({ finished }: ModelProgress): number {
  return finished.reduce((sum, each) => sum + (each.kind === 'succeeded' ? each.published.rows : 0), 0)
}

function timeOf({ startedMs, endedMs }: ModelProgress): string {
  return startedMs === undefined || endedMs === undefined ? '' : duration(endedMs - startedMs)
}
