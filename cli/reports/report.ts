import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts'

/** One thing that was looked at: a model that was validated, a unit test, a check. */
export interface ReportCase {
  /** What it belongs to: `validate`, a file of unit tests, a model. */
  readonly suite: string
  readonly name: string
  /** Relative to the project. */
  readonly file?: string
  readonly line?: number
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly durationMs?: number
  /** Why it was skipped. */
  readonly because?: string
  readonly problems: readonly Diagnostic[]
}

/** A node of the graph that a report draws. */
export interface ReportNode {
  readonly name: string
  readonly kind: 'model' | 'seed' | 'source' | 'check' | 'exposure'
  readonly change?: 'added' | 'removed' | 'changed' | 'breaking' | 'affected' | 'failed'
}

/** The part of the graph that a change touches, drawn as Mermaid. */
export interface ReportGraph {
  readonly nodes: readonly ReportNode[]
  /** Names: upstream, downstream. */
  readonly edges: readonly (readonly [string, string])[]
}

/** What a command found, for machines and for the comment of a pull request. */
export interface Report {
  /** The command: `validate`, `diff`, `test`, `check`, `run`. */
  readonly command: string
  /** One sentence with the totals. */
  readonly summary: string
  readonly outcome: 'passed' | 'failed'
  readonly diagnostics: readonly Diagnostic[]
  /** Warnings fail too (`--fail-on warning`). */
  readonly warningsFail?: boolean
  readonly cases: readonly ReportCase[]
  readonly graph?: ReportGraph
  /** Sections of the command's own, Markdown below a heading of its own each. */
  readonly sections: readonly { readonly title: string; readonly markdown: string }[]
}
