import type { DataDiff } from '../../core/diff/data.ts'
import { breaksColumn, isBreaking, type NodeDiff, type ProjectDiff } from '../../core/diff/difference.ts'
import type { Output } from '../terminal/terminal.ts'
import { count, counted, duration } from '../text/quantity.ts'
import type { Found } from './found.ts'
import { totalText } from './total.ts'
import {
  causeText,
  columnText,
  dataText,
  exposureText,
  impactText,
  partTexts,
  reasonOfRebuild,
  rowsText,
  saidOnce,
  statusText,
  volumeText,
} from './words.ts'

/** Of a long list only so much. */
const MOST = 30

/** What differs, as a reviewer would say it: what breaks first. */
export function printDiff(found: Found, out: Output, showsSql: boolean): void {
  const { diff, base } = found
  out.write(`Compared with ${out.style.bold(base.label)}\n\n`)
  const breaking = diff.nodes.filter(isBreaking)
  section(out, 'Breaking', [
    ...breaking.flatMap((node) => nodeLines(node, out, showsSql)),
    ...diff.problems.map(({ code, model, message, place }) => {
      const where = place === undefined ? '' : ` ${out.style.dim(`${place.file}:${place.line}`)}`
      return `${out.style.red('✗')} ${model ?? ''}: ${message} ${out.style.dim(`[${code}]`)}${where}`
    }),
  ])
  const others = diff.nodes.filter((node) => !isBreaking(node))
  section(
    out,
    'Changed',
    others
      .filter(({ status }) => status !== 'added' && status !== 'follows')
      .flatMap((node) => nodeLines(node, out, showsSql)),
  )
  section(
    out,
    'Follows what it reads',
    others.filter(({ status }) => status === 'follows').flatMap((node) => nodeLines(node, out, showsSql)),
  )
  section(
    out,
    'New',
    others.filter(({ status }) => status === 'added').flatMap((node) => nodeLines(node, out, showsSql)),
  )
  printImpact(diff, out)
  printVolume(found, out)
  for (const each of found.data) printData(each, out)
  for (const gap of diff.gaps) out.write(`${out.style.yellow('!')} ${gap}\n`)
  if (diff.gaps.length > 0) out.write('\n')
  out.write(`${out.style.bold(totalText(diff))}\n`)
}

function section(out: Output, title: string, lines: readonly string[]): void {
  if (lines.length === 0) return
  out.write(`${out.style.bold(title)}\n${lines.map((line) => `  ${line}\n`).join('')}\n`)
}

function nodeLines(node: NodeDiff, { style }: Output, showsSql: boolean): readonly string[] {
  const mark = {
    added: style.green('+'),
    removed: style.red('−'),
    renamed: style.red('→'),
    changed: style.yellow('~'),
    follows: style.yellow('~'),
  }[node.status]
  const title = `${mark} ${style.bold(node.name)}: ${statusText(node)} ${style.dim(node.path)}`
  const isWhole = node.status === 'added' || node.status === 'removed'
  const columns = isWhole ? [] : saidOnce(node.columns)
  const details = [
    causeText(node),
    ...partTexts(node),
    ...columns.map((change) => (breaksColumn(change) ? style.red(columnText(change)) : columnText(change))),
    rowsText(node),
    ...(showsSql ? node.sql.map((line) => sqlLine(line, style)) : []),
  ]
  return [title, ...details.filter(Boolean).map((line) => `    ${line}`)]
}

function sqlLine(line: string, style: Output['style']): string {
  if (line.startsWith('+')) return style.green(line)
  if (line.startsWith('-')) return style.red(line)
  return style.dim(line)
}

function printImpact({ impact }: ProjectDiff, out: Output): void {
  const hit = impact.filter((each) => each.hit !== 'none' && each.kind !== 'exposure')
  const spared = impact.filter((each) => each.hit === 'none').map(({ name }) => name)
  const lines = hit
    .slice(0, MOST)
    .flatMap((each) =>
      each.hit === 'values'
        ? each.columns.map((column) => `${each.name}.${impactText({ ...each, columns: [column] })}`)
        : [`${each.name}, ${impactText(each)}`],
    )
  if (hit.length > MOST) lines.push(`… and ${count(hit.length - MOST)} more`)
  if (spared.length > 0) lines.push(out.style.dim(`not hit, though they read it: ${spared.join(', ')}`))
  section(out, 'Downstream', lines)
  const exposed = impact.filter(({ kind }) => kind === 'exposure').map(exposureText)
  section(out, 'Exposures hit', [
    ...exposed.slice(0, MOST),
    ...(exposed.length > MOST ? [`… and ${count(exposed.length - MOST)} more`] : []),
  ])
}

/** How rows differ: the counts, then some of the rows. */
function printData(data: DataDiff, out: Output): void {
  const rows = data.sample.map(({ key, side, values }) => {
    const name = data.key.map((column, at) => `${column}=${key[at] ?? 'NULL'}`).join(' ')
    if (side !== 'both') return `${name}: only in the ${side}`
    return `${name}: ${values.map(({ column, before, after }) => `${column} ${before ?? 'NULL'} → ${after ?? 'NULL'}`).join(', ')}`
  })
  section(out, `Rows of ${data.model}`, [
    dataText(data),
    ...columnCounts(data),
    ...rows.map((row) => out.style.dim(row)),
  ])
}

function columnCounts({ columns }: DataDiff): readonly string[] {
  return columns.map(({ column, different }) => `${column}: ${counted(different, 'row')} with another value`)
}

function printVolume({ volume: found, target }: Found, out: Output): void {
  switch (found.kind) {
    case 'unreachable':
      out.write(`${out.style.yellow('!')} What a deploy would build again is not known: ${found.reason}\n\n`)
      return
    case 'unpublished':
      return
    case 'known': {
      const { volume } = found
      if (volume.relations.length === 0) return
      const lines = volume.relations.slice(0, MOST).map((each) => {
        const keys =
          each.first === undefined
            ? 'whole'
            : each.first === each.last
              ? each.first
              : `${each.first} … ${each.last}`
        const amount = [
          ...(each.first === undefined ? [] : [counted(each.partitions, 'partition')]),
          ...(each.materialization === 'view' ? [] : [counted(each.rows, 'row')]),
          ...(each.ms === undefined || each.ms < 1 || each.materialization === 'view'
            ? []
            : [`about ${duration(each.ms)}`]),
        ]
        return `${each.name} ${out.style.dim(keys)}: ${[...amount, reasonOfRebuild(each)].join(', ')}`
      })
      if (volume.relations.length > MOST) lines.push(`… and ${count(volume.relations.length - MOST)} more`)
      section(out, `A deploy to ${target} would build again`, [
        ...lines,
        `in all ${volumeText(volume)}`,
        ...(volume.staleAlready > 0
          ? [
              out.style.dim(
                `${counted(volume.staleAlready, 'more is', 'more are')} stale already, whatever is deployed`,
              ),
            ]
          : []),
      ])
      return
    }
    default:
      found satisfies never
  }
}
