import { type Diagnostic, SluiceError } from '../core/diagnostics/diagnostic.ts'
import type { CommandDefinition, Invocation } from './command.ts'
import { commands } from './commands.ts'
import { reasonOfFileError } from './diagnostics/file.ts'
import { type DiagnosticFormat, diagnosticsOf, printDiagnostics } from './diagnostics/print.ts'
import { type ExitCode, exitCodes } from './exit.ts'
import { watchInterrupts } from './interrupt.ts'
import type { Options } from './options/definitions.ts'
import { readCommandLine } from './program.ts'
import { restoreCursor } from './terminal/cursor.ts'
import { lostOutput, processTerminal, type Terminal } from './terminal/terminal.ts'
import { keepOptions } from './text/command.ts'
import { version } from './version.ts'

/** Runs one command line and tells the exit code. Never throws. */
async function main(words: readonly string[]): Promise<ExitCode> {
  const environment = process.env
  // Known before the command line is understood, because its mistakes are printed with them.
  const terminal = processTerminal({ colour: !words.includes('--no-color'), environment })
  const format: DiagnosticFormat = wantsJson(words, environment.SLUICE_OUTPUT) ? 'json' : 'text'
  try {
    const request = readCommandLine(words, { commands, version, terminal, environment })
    if (request.kind === 'printed') return exitCodes.good
    return await execute(request.command, request.arguments, request.options, terminal)
  } catch (error) {
    restoreCursor(terminal.out)
    const diagnostics = diagnosticsOf(error)
    const { withFrames } = await import('./diagnostics/sources.ts')
    printDiagnostics(await withFrames(diagnostics, process.cwd(), projectOption(words)), terminal.err, format)
    if (words.includes('--debug')) terminal.err.write(`${traceOf(error)}\n`)
    return exitCodeOf(diagnostics)
  }
}

async function execute(
  command: CommandDefinition,
  words: readonly string[],
  options: Options,
  terminal: Terminal,
): Promise<ExitCode> {
  keepOptions(options)
  const format = options.output ?? command.formats[0]!
  if (!command.formats.includes(format)) {
    throw SluiceError.of('SL906', {
      message: `\`sluice ${command.name}\` has no output format \`${format}\``,
      hint: `it has ${command.formats.join(', ')}`,
    })
  }
  const interrupts = command.cleansUp ? watchInterrupts(() => restoreCursor(terminal.out)) : undefined
  const now = options.now
  const invocation: Invocation = {
    command: command.name,
    arguments: words,
    options,
    format,
    terminal,
    signal: interrupts?.signal ?? new AbortController().signal,
    workingDirectory: process.cwd(),
    environment: process.env,
    standardInput: readStandardInput,
    now: now === undefined ? Date.now : () => now,
  }
  const handler = await command.load()
  try {
    const code = await handler(invocation)
    return interrupts?.exitCode() ?? code
  } catch (error) {
    const code = interrupts?.exitCode()
    const told =
      code === undefined ? diagnosticsOf(error) : [(await import('./reports/interruption.ts')).interruption()]
    if (options.report !== undefined) await reportFailure(invocation, told)
    if (code !== undefined) return code
    throw error
  }
}

/** Whoever reads reports must learn of what kept the command from its work, too. That reports cannot be written does not hide it. */
async function reportFailure(invocation: Invocation, diagnostics: readonly Diagnostic[]): Promise<void> {
  if (diagnostics.some(({ code }) => code === 'SL930')) return
  const { writeReports } = await import('./reports/write-reports.ts')
  try {
    await writeReports(invocation, {
      command: invocation.command,
      summary: diagnostics.length === 1 ? diagnostics[0]!.message : `${diagnostics.length} problems`,
      outcome: 'failed',
      diagnostics,
      cases: [],
      sections: [],
    })
  } catch (error) {
    printDiagnostics(
      diagnosticsOf(error),
      invocation.terminal.err,
      invocation.format === 'json' ? 'json' : 'text',
    )
  }
}

/** An engine that refuses and a run that fails are no mistakes of the project or the command line; nor is a bug. */
function exitCodeOf(diagnostics: readonly Diagnostic[]): ExitCode {
  return diagnostics.some(({ code }) => /^SL(5|6(?!4[01]|90)|900)/.test(code))
    ? exitCodes.failed
    : exitCodes.usage
}

function wantsJson(words: readonly string[], fromEnvironment: string | undefined): boolean {
  const at = words.findIndex((word) => /^(-o|--output)(=|$)/.test(word))
  if (at < 0) return fromEnvironment === 'json'
  return words[at]!.includes('=') ? words[at]!.endsWith('=json') : words[at + 1] === 'json'
}

function projectOption(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => word === '--project' || word.startsWith('--project='))
  if (at < 0) return process.env.SLUICE_PROJECT
  return words[at] === '--project' ? words[at + 1] : words[at]!.slice('--project='.length)
}

async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `\ncaused by ${traceOf(error.cause)}`
  return `${error.stack ?? error.message}${cause}`
}

/** Native engines keep threads alive, so the process is ended when both streams have taken all that was written. */
async function end(code: ExitCode): Promise<void> {
  process.exitCode = code
  await flushed()
  if (lostOutput() !== undefined) {
    process.exitCode = tellLoss(code)
    await flushed()
  }
  process.exit()
}

async function flushed(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.writable) await new Promise<void>((resolve) => stream.write('', () => resolve()))
  }
}

/** Whoever reads the output must not take a part for the whole. */
function tellLoss(code: ExitCode): ExitCode {
  const { err } = processTerminal({ colour: false, environment: process.env })
  err.write(`error[SL909] a part of the output is lost: ${reasonOfFileError(lostOutput())}\n`)
  return code === exitCodes.good ? exitCodes.failed : code
}

void main(process.argv.slice(2)).then(end)
