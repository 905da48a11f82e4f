/** The name under which a check of the project's own reads the rows that it checks. */
export const CHECKED = 'sluice_checked'

/** What stands for a column in its compiled query, until the engine has told how it is spelled. */
export function columnSymbol(name: string): string {
  return `column.${name}`
}

const folder = 'checks/'

/** The kind of check that a macro is, by its name; undefined for other macros. */
export function checkMacroName(name: string): string | undefined {
  return name.startsWith(folder) ? name.slice(folder.length) : undefined
}

/** The name of the macro that is a kind of check. */
export function macroOfCheck(kind: string): string {
  return `${folder}${kind}`
}
