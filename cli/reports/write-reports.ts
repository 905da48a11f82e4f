import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { findProject } from '../../core/config/find.ts'
import { SluiceError } from '../../core/diagnostics/diagnostic.ts'
import type { Invocation } from '../command.ts'
import { reasonOfFileError } from '../diagnostics/file.ts'
import { withFrames } from '../diagnostics/sources.ts'
import { takesOutput, type WantedReport } from '../options/report.ts'
import { version } from '../version.ts'
import { reportPath, reportRoot } from './places.ts'
import type { Report } from './report.ts'

/** Whether a report is what the command prints, so that it prints nothing else on standard output. */
export function reportsOnly({ options }: Pick<Invocation, 'options'>): boolean {
  return (options.report ?? []).some(takesOutput)
}

/**
 * Writes the reports that `--report` asks for: to their files, or to standard output.
 * @throws SluiceError SL930 for a file that cannot be written
 */
export async function writeReports(invocation: Invocation, report: Report): Promise<void> {
  const { options, workingDirectory, environment, terminal } = invocation
  const wanted = options.report ?? []
  if (wanted.length === 0) return
  const project = projectOf(invocation)
  const root = reportRoot(project, environment)
  const framed = await framedReport(report, invocation)
  for (const each of wanted) {
    const text = await reportText(each, framed, (file) => reportPath(file, project, root))
    if (each.file === undefined) terminal.out.write(text)
    else await write(resolve(workingDirectory, each.file), each.file, text)
  }
}

function projectOf({ options, workingDirectory }: Invocation): string {
  if (options.project !== undefined) return resolve(workingDirectory, options.project)
  return findProject(workingDirectory) ?? workingDirectory
}

/** The same report, with the source line of each diagnostic. */
async function framedReport(report: Report, { workingDirectory, options }: Invocation): Promise<Report> {
  const all = [...new Set([...report.diagnostics, ...report.cases.flatMap(({ problems }) => problems)])]
  const framed = await withFrames(all, workingDirectory, options.project)
  const byDiagnostic = new Map(all.map((each, index) => [each, framed[index]!]))
  return {
    ...report,
    diagnostics: report.diagnostics.map((each) => byDiagnostic.get(each)!),
    cases: report.cases.map((each) => ({
      ...each,
      problems: each.problems.map((problem) => byDiagnostic.get(problem)!),
    })),
  }
}

async function reportText(
  { format }: WantedReport,
  report: Report,
  pathOf: (file: string) => string,
): Promise<string> {
  switch (format) {
    case 'github':
      return (await import('./github.ts')).githubReport(report, pathOf)
    case 'sarif':
      return (await import('./sarif.ts')).sarifReport(report, version, pathOf)
    case 'junit':
      return (await import('./junit.ts')).junitReport(report, pathOf)
    case 'markdown':
      return (await import('./markdown.ts')).markdownReport(report)
    default:
      throw new Error(`unknown report ${format satisfies never}`)
  }
}

/** A reader sees the old text or the new one. What is no plain file (a pipe, `/dev/stderr`) is written to as it is. */
async function write(path: string, typed: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`
  try {
    if (path.startsWith('/dev/') || path.startsWith('/proc/')) {
      await writeFile(path, text)
      return
    }
    await mkdir(dirname(path), { recursive: true })
    await writeFile(draft, text)
    await rename(draft, path)
  } catch (error) {
    throw SluiceError.of(
      'SL930',
      {
        message: `cannot write the report ${typed}: ${reasonOfFileError(error)}`,
        hint: 'Name another file after `--report FORMAT=`.',
      },
      { cause: error },
    )
  }
}
