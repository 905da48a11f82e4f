import type { VarValue } from '../../core/config/project.ts'
import { BadValue } from './option.ts'

export type Vars = Readonly<Record<string, VarValue>>

/** `{"a": 1}` or `a=1`; given several times, later ones win. A value that is JSON is taken as that, else as text. */
export function asVars(text: string, previous: Vars | undefined): Vars {
  return { ...previous, ...(text.trimStart().startsWith('{') ? fromObject(text) : fromPair(text)) }
}

function fromObject(text: string): Vars {
  try {
    return JSON.parse(text) as Vars
  } catch {
    throw new BadValue('is not valid JSON', `quote it for the shell: --vars '{"name": "value"}'`)
  }
}

function fromPair(text: string): Vars {
  const at = text.indexOf('=')
  const name = text.slice(0, at).trim()
  if (at < 1 || name === '') {
    throw new BadValue('must be name=value or a JSON object', `for example --vars limit=10`)
  }
  return { [name]: varValue(text.slice(at + 1)) }
}

function varValue(text: string): VarValue {
  try {
    return JSON.parse(text) as VarValue
  } catch {
    return text
  }
}
