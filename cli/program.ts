import { Command, CommanderError, Option } from 'commander'
import type { Code } from '../core/diagnostics/catalogue.ts'
import { SluiceError } from '../core/diagnostics/diagnostic.ts'
import type { CommandDefinition } from './command.ts'
import { commandHelp, programHelp } from './help.ts'
import { globalOptionNames, type OptionName, type Options, optionDefinitions } from './options/definitions.ts'
import { BadValue, type OptionDefinition } from './options/option.ts'
import type { Terminal } from './terminal/terminal.ts'

/** What the command line asks for; help and version have been printed already. */
export type Request =
  | { readonly kind: 'printed' }
  | {
      readonly kind: 'command'
      readonly command: CommandDefinition
      readonly arguments: readonly string[]
      readonly options: Options
    }

export interface ProgramInput {
  readonly commands: readonly CommandDefinition[]
  readonly version: string
  readonly terminal: Terminal
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Reads a command line (without `node` and the script). Throws `SluiceError` for mistakes in it. */
export function readCommandLine(words: readonly string[], input: ProgramInput): Request {
  let request: Request = { kind: 'printed' }
  const program = newProgram(input, (next) => {
    request = next
  })
  try {
    program.parse(words, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.code === 'commander.help' && error.exitCode !== 0)
      input.terminal.out.write(program.helpInformation())
    else if (error.exitCode !== 0) throw mistake(error, program, words)
  }
  return request
}

function newProgram(input: ProgramInput, found: (request: Request) => void): Command {
  const { out } = input.terminal
  const help = { style: out.style, width: Math.min(out.columns() ?? 100, 120) }
  const definitions = new Map(input.commands.map((each) => [each.name, each]))
  const program = new Command('sluice')
    .version(input.version, '-V, --version')
    .exitOverride()
    .configureOutput({ writeOut: (text) => out.write(text), writeErr: () => {} })
    .configureHelp({
      formatHelp: (command) => {
        const definition = definitions.get(command.name())
        return definition ? commandHelp(definition, help) : programHelp(input.commands, help)
      },
    })
  for (const name of globalOptionNames) program.addOption(commanderOption(name, input))
  for (const definition of input.commands) addCommand(program, definition, input, found)
  return program
}

function addCommand(
  program: Command,
  definition: CommandDefinition,
  input: ProgramInput,
  found: (request: Request) => void,
): void {
  const command = program.command(definition.name)
  for (const { syntax } of definition.arguments) command.argument(syntax)
  for (const name of definition.options) command.addOption(commanderOption(name, input))
  command.action(() => {
    found({
      kind: 'command',
      command: definition,
      arguments: command.args,
      options: command.optsWithGlobals(),
    })
  })
}

function commanderOption(name: OptionName, input: ProgramInput): Option {
  const definition = optionDefinitions[name] as OptionDefinition<unknown>
  const option = new Option(definition.flags)
  // Commands may read one flag each in their own way.
  option.attributeName = () => name
  // A variable that is set to nothing is not set.
  if (definition.env !== undefined && input.environment[definition.env] !== '') option.env(definition.env)
  if (option.required) {
    option.argParser((text: string, previous: unknown) => {
      try {
        return definition.parse(text, previous)
      } catch (error) {
        throw error instanceof BadValue ? unfit(option, text, error) : error
      }
    })
  }
  return option
}

function unfit(option: Option, text: string, { message, hint }: BadValue): SluiceError {
  const source = option.envVar === undefined ? option.long : `${option.long} (or ${option.envVar})`
  return SluiceError.of('SL903', {
    message: `${source} ${message}, not \`${text}\``,
    ...(hint === undefined ? {} : { hint }),
  })
}

const codes: Readonly<Record<string, Code>> = {
  'commander.unknownCommand': 'SL901',
  'commander.unknownOption': 'SL902',
}

/** Commander's mistakes in our words. Its suggestion stands in brackets on a line of its own. */
function mistake(error: CommanderError, program: Command, words: readonly string[]): SluiceError {
  const [head = '', suggestion] = error.message.split('\n')
  const meant = suggestion && /^\(Did you mean (?:one of )?(.*)\?\)$/.exec(suggestion)?.[1]
  const command = program.commands.find((each) => words.includes(each.name()))
  return SluiceError.of(codes[error.code] ?? 'SL904', {
    message: head
      .replace(/^error: /, '')
      .replace(/\.$/, '')
      .replaceAll("'", '`'),
    ...(meant ? { hint: `did you mean ${meant.replace(/[^, ]+/g, '`$&`')}?` } : {}),
    next: `sluice ${command ? `${command.name()} ` : ''}--help`,
  })
}
