import type { Relational } from '../sql/relational/ir.ts'
import type { Rendered } from '../template/template.ts'
import { type Unsteady, unsteadyVisitor } from './determinism.ts'
import { SymbolNodes } from './symbols.ts'

/** What one walk through a query finds that both the proof and the warnings need. */
export interface Survey {
  readonly symbols: SymbolNodes
  readonly unsteady: readonly Unsteady[]
}

export function surveyOf(relational: Relational, rendered: Pick<Rendered, 'text' | 'spans'>): Survey {
  const unsteady: Unsteady[] = []
  const symbols = new SymbolNodes(rendered, relational.query, unsteadyVisitor(unsteady))
  return { symbols, unsteady }
}
