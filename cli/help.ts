import type { CommandDefinition } from './command.ts'
import { globalOptionNames, type OptionName, optionDefinitions } from './options/definitions.ts'
import type { OptionDefinition, OptionGroup } from './options/option.ts'
import type { Colors } from './terminal/terminal.ts'
import { displayWidth, padEnd } from './terminal/width.ts'

type Entry = readonly [term: string, text: string]

export interface HelpStyle {
  readonly style: Colors
  /** Cells of a line. */
  readonly width: number
}

const groupTitles: Readonly<Record<OptionGroup, string>> = {
  Selection: 'Selection',
  Partitions: 'Partitions',
  Execution: 'Execution',
  Command: 'Options',
  Global: 'Global options',
}

/** What `sluice --help` prints. */
export function programHelp(commands: readonly CommandDefinition[], help: HelpStyle): string {
  const { style } = help
  return sections(help, [
    ['Turns a folder of SQL models into a pipeline that can be trusted.'],
    [`${style.bold('Usage:')} sluice ${style.cyan('COMMAND')} [options]`],
    ['Commands', commands.map(({ name, summary }): Entry => [name, summary])],
    ['Global options', [...globalOptionNames.map(optionEntry), versionEntry, helpEntry]],
    [`${style.cyan('sluice COMMAND --help')} shows what a command takes.`],
  ])
}

/** What `sluice COMMAND --help` prints. */
export function commandHelp(command: CommandDefinition, help: HelpStyle): string {
  const { style } = help
  const words = command.arguments.map((each) => each.syntax).join(' ')
  const groups = Object.keys(groupTitles) as OptionGroup[]
  return sections(help, [
    [`${style.bold('Usage:')} sluice ${style.cyan(command.name)} ${words ? `${words} ` : ''}[options]`],
    [command.description.replaceAll('`', '')],
    ['Arguments', command.arguments.map((each): Entry => [each.syntax, each.summary])],
    ...groups.map(
      (group): Section => [
        groupTitles[group],
        [
          ...[...command.options, ...globalOptionNames]
            .filter(inGroup(group))
            .map((name) => optionEntry(name, command)),
          ...(group === 'Global' ? [helpEntry] : []),
        ],
      ],
    ),
    ['Examples', command.examples.map((example): Entry => [example, ''])],
  ])
}

/** The summary of an option with what stands in for it, as help and docs/cli.md say it. */
export function optionText(name: OptionName, command?: CommandDefinition): string {
  const { summary, defaultText, env } = optionDefinitions[name] as OptionDefinition<unknown>
  const formats = name === 'output' && command ? `: ${command.formats.join(', ')}` : ''
  const fallback = name === 'output' && command ? command.formats[0] : defaultText
  const notes = [fallback && `default: ${fallback}`, env].filter(Boolean)
  return `${summary}${formats}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`
}

const versionEntry: Entry = ['-V, --version', 'print the version']
const helpEntry: Entry = ['-h, --help', 'print help']

function inGroup(group: OptionGroup) {
  return (name: OptionName) => optionDefinitions[name].group === group
}

function optionEntry(name: OptionName, command?: CommandDefinition | number): Entry {
  const { flags } = optionDefinitions[name]
  const aligned = flags.startsWith('--') ? `    ${flags}` : flags
  return [aligned, optionText(name, typeof command === 'object' ? command : undefined)]
}

type Section = readonly [text: string] | readonly [title: string, entries: readonly Entry[]]

function sections(help: HelpStyle, all: readonly Section[]): string {
  const termWidth = Math.max(
    ...all.flatMap(([, entries]) =>
      (entries ?? []).filter(([, text]) => text).map(([term]) => displayWidth(term)),
    ),
  )
  const blocks = all.flatMap(([text, entries]) => {
    if (entries === undefined) return [wrap(text, help.width).join('\n')]
    if (entries.length === 0) return []
    return [
      [help.style.bold(`${text}:`), ...entries.flatMap((entry) => entryLines(entry, termWidth, help))].join(
        '\n',
      ),
    ]
  })
  return `${blocks.join('\n\n')}\n`
}

function entryLines([term, text]: Entry, termWidth: number, { style, width }: HelpStyle): readonly string[] {
  const [first = '', ...rest] = wrap(text, Math.max(24, width - termWidth - 4))
  return [
    `  ${style.cyan(padEnd(term, first ? termWidth : 0))}  ${first}`.trimEnd(),
    ...rest.map((line) => ' '.repeat(termWidth + 4) + line),
  ]
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line)
      line = word
    } else line = line ? `${line} ${word}` : word
  }
  return [...lines, line]
}
