import { BadValue } from './option.ts'

export const reportFormats = ['github', 'sarif', 'junit', 'markdown'] as const
export type ReportFormat = (typeof reportFormats)[number]

/** One report that is asked for: `markdown`, or `sarif=target/sluice.sarif`. */
export interface WantedReport {
  readonly format: ReportFormat
  /** As typed; undefined: standard output, which `-` stands for too. */
  readonly file?: string
}

/** Reads a value of `--report`. One report of standard output at most, as two would be neither. */
export function asReports(
  text: string,
  previous: readonly WantedReport[] | undefined,
): readonly WantedReport[] {
  const [name, ...rest] = text.split('=')
  const format = reportFormats.find((each) => each === name)
  if (format === undefined)
    throw new BadValue(`must be one of ${reportFormats.join(', ')}, each with =FILE or without`)
  const file = rest.join('=')
  if (rest.length > 0 && file === '') throw new BadValue(`must name a file after \`${format}=\``)
  const wanted: WantedReport = rest.length === 0 || file === '-' ? { format } : { format, file }
  const all = [...(previous ?? []), wanted]
  if (all.filter(takesOutput).length > 1)
    throw new BadValue(
      'can print one report; the others need a file',
      `for example --report ${format}=report.${endingOf(format)}`,
    )
  const files = all.flatMap(({ file }) => file ?? [])
  if (new Set(files).size < files.length) throw new BadValue('must name another file for each report')
  return all
}

/** Whether the report is all of standard output. Annotations are lines among others. */
export function takesOutput({ format, file }: WantedReport): boolean {
  return file === undefined && format !== 'github'
}

function endingOf(format: ReportFormat): string {
  switch (format) {
    case 'github':
      return 'txt'
    case 'sarif':
      return 'sarif'
    case 'junit':
      return 'xml'
    case 'markdown':
      return 'md'
    default:
      throw new Error(`unknown report ${format satisfies never}`)
  }
}
