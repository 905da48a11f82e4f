import type { CompiledModel } from '../compile/compiled.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Query, SelectItem } from '../sql/relational/ir.ts'
import type { LintWorld } from './lint-models.ts'
import { sentinelText } from './sentinel-text.ts'

/** Where a model's SQL makes an output column: the item of its (first) SELECT, a star if it comes from one. */
export async function itemPlace(
  { texts, parser, dialect }: Pick<LintWorld, 'texts' | 'parser' | 'dialect'>,
  model: CompiledModel,
  column: string,
): Promise<Pick<Diagnostic, 'place' | 'via'> | undefined> {
  const { text, window } = sentinelText(model, dialect)
  const [result] = await (await parser()).parse([text], new Set([0]))
  if (!result?.ok || result.query.relational === undefined) return undefined
  const items = itemsOf(result.query.relational.query)
  const item =
    items.find((each) => each.kind === 'expression' && each.name?.key === column) ??
    items.find((each) => each.kind === 'star')
  const start = item?.kind === 'expression' ? (item.start ?? item.expression.start) : item?.start
  if (start === undefined) return undefined
  const found = await (await texts.model(model, window)).locate(start)
  if (found === undefined) return undefined
  return { place: found.place, ...(found.via.length === 0 ? {} : { via: found.via }) }
}

function itemsOf({ body }: Query): readonly SelectItem[] {
  switch (body.kind) {
    case 'select':
      return body.items
    case 'nested':
      return itemsOf(body.query)
    case 'set':
      return itemsOf(body.left)
    default:
      return []
  }
}
