import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { findProject } from '../../core/config/find.ts'
import { type Diagnostic, diagnostic, SluiceError } from '../../core/diagnostics/diagnostic.ts'
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
 * @throws SluiceError SL930 for each file that cannot be written, once the others are
 */
export async function writeReports(invocation: Invocation, report: Report): Promise<void> {
  const { options, workingDirectory, environment, terminal } = invocation
  const wanted = options.report ?? []
  if (wanted.length === 0) return
  const project = projectOf(invocation)
  const root = reportRoot(project, environment)
  const framed = await framedReport(report, invocation)
  const unwritten: Diagnostic[] = []
  for (const each of wanted) {
    const text = await reportText(each, framed, (file) => reportPath(file, project, root))
    if (each.file !== undefined) {
      const problem = await write(resolve(workingDirectory, each.file), each.file, text)
      if (problem !== undefined) unwritten.push(problem)
    } else if (takesOutput(each) || !isTaken(invocation)) terminal.out.write(text)
    else terminal.err.write(text) // GitHub reads annotations there as well.
  }
  if (unwritten.length > 0) throw new SluiceError(unwritten)
}

/** Whether a program reads standard output. */
function isTaken(invocation: Invocation): boolean {
  return invocation.format === 'json' || reportsOnly(invocation)
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
      return (await import('./markdown.ts')).markdownReport(report, pathOf)
    default:
      throw new Error(`unknown report ${format satisfies never}`)
  }
}

/** A reader sees the old text or the new one. What is no plain file (a pipe, `/dev/stderr`) is written to as it is. */
async function write(path: string, typed: string, text: string): Promise<Diagnostic | undefined> {
  const draft = `${path}.${process.pid}.tmp`
  try {
    if (await isDevice(path)) {
      await writeFile(path, text)
      return undefined
    }
    await mkdir(dirname(path), { recursive: true })
    await writeFile(draft, text)
    await rename(draft, path)
    return undefined
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    return diagnostic('SL930', {
      message: `cannot write the report ${typed}: ${reasonOfFileError(error)}`,
      hint: 'Name another file after `--report FORMAT=`.',
    })
  }
}

async function isDevice(path: string): Promise<boolean> {
  try {
    const found = await stat(path)
    return !found.isFile() && !found.isDirectory()
  } catch {
    return false // It does not exist yet, or the write will tell what is wrong.
  }
}
