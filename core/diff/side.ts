import type { BoundProject } from '../bind/bound.ts'
import type { CompiledNode, CompiledProject } from '../compile/compiled.ts'
import type { Definition } from '../compile/definition.ts'
import type { ProjectLineage } from '../lineage/project.ts'

/** One version of a project, as far as it is known. */
export interface Side {
  readonly definitions: ReadonlyMap<string, SideNode>
  /** Undefined where only definitions were kept. */
  readonly compiled?: CompiledProject
  readonly bound?: BoundProject
  readonly lineage?: ProjectLineage
  readonly templates: SideTemplates
}

/** What is known of a node on every side. */
export interface SideNode {
  readonly name: string
  readonly kind: CompiledNode['kind']
  readonly path: string
  readonly materialization: string
  readonly definition: Definition
}

/** What besides its own text decides what a model's template renders. */
export interface SideTemplates {
  /** Hashes of the texts of macros, by name. */
  readonly macros: ReadonlyMap<string, string>
  /** Hashes of the values of vars, by name. */
  readonly vars: ReadonlyMap<string, string>
  /** The template of a file without its header; undefined where it is not known. */
  textOf(path: string): string | undefined
  /** The text of a macro. */
  macroOf(name: string): string | undefined
}

export function nodeOf({ compiled }: Side, name: string): CompiledNode | undefined {
  return compiled?.nodes.get(name)
}
