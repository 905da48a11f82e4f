import { type CompiledProject, type CompiledRelation, isRelation } from '../core/compile/compiled.ts'
import { selectionContext } from '../core/compile/selecting.ts'
import { SluiceError } from '../core/diagnostics/diagnostic.ts'
import { select } from '../core/graph/select.ts'

/** The one model or seed that a name means.
 * @throws SluiceError as `select` does, and SL641 for anything that is not one relation of the ledger */
export function namedRelation(project: CompiledProject, name: string): CompiledRelation {
  const found = [...select(selectionContext(project), [name], [])].map((each) => project.nodes.get(each)!)
  const relations = found.filter(isRelation)
  if (relations.length === 1) return relations[0]!
  if (relations.length === 0) {
    throw SluiceError.of('SL641', {
      message: `${name} is a ${found[0]!.kind}, of which the ledger keeps no partitions`,
      hint: 'name a model or a seed',
    })
  }
  throw SluiceError.of('SL641', {
    message: `\`${name}\` is ${relations.length} relations`,
    hint: `name one: ${relations
      .slice(0, 8)
      .map((each) => each.name)
      .join(', ')}`,
  })
}
