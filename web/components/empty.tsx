import type { ComponentChildren, JSX } from 'preact'
import { CommandLine } from './command-line.tsx'

export interface EmptyProps {
  readonly title: string
  /** What to type so that there is something; without the program's name. */
  readonly command?: string
  readonly children?: ComponentChildren
}

/** Says why there is nothing, and what to do about it. */
export function Empty({ title, command, children }: EmptyProps): JSX.Element {
  return (
    <div class="empty">
      <strong>{title}</strong>
      {children}
      {command !== undefined && <CommandLine command={command} />}
    </div>
  )
}
