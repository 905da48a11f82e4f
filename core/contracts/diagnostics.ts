import type { YamlPath } from '../config/project.ts'
import { type Diagnostic, diagnostic, type Place } from '../diagnostics/diagnostic.ts'
import type { Breach } from './breaches.ts'

/** Where the parts of a contract and of its query were written. */
export interface BreachPlaces {
  yaml(at: YamlPath): Promise<Place | undefined>
  /** The item of the SELECT that makes a column; undefined where the text does not tell. */
  item(column: string): Promise<Pick<Diagnostic, 'place' | 'via'> | undefined>
}

interface Subject {
  readonly name: string
  readonly path: string
}

/** A breach as the author of the model should hear of it. */
export async function breachDiagnostic(
  breach: Breach,
  { name, path }: Subject,
  places: BreachPlaces,
): Promise<Diagnostic> {
  const start = { file: path, line: 1, column: 1 }
  switch (breach.kind) {
    case 'missing': {
      const { column } = breach
      return diagnostic('SL320', {
        message: `${name} promises the column \`${column.name}\`, and its SQL does not return it`,
        hint: 'Return it, or take it out of `columns` and tell whoever reads it.',
        model: name,
        place: (await places.yaml(column.at)) ?? start,
      })
    }
    case 'type': {
      const { column, is } = breach
      return diagnostic('SL321', {
        message: `${name} promises \`${column.name}\` as ${column.type}, and its SQL returns ${is.type}`,
        hint: `Cast it: \`cast(… as ${column.type}) as ${column.name}\`, or change the type in \`columns\` and tell whoever reads it.`,
        model: name,
        place: (await places.yaml(column.at)) ?? start,
      })
    }
    case 'unknown_type': {
      const { column } = breach
      return diagnostic('SL166', {
        message: `\`${column.type}\` of the column \`${column.name}\` is no type of this engine`,
        hint: 'Write it as the engine does.',
        model: name,
        place: (await places.yaml(column.at)) ?? start,
      })
    }
    case 'extra': {
      const item = await places.item(breach.is.name)
      return diagnostic('SL322', {
        message: `${name} returns the column \`${breach.is.name}\` (${breach.is.type}), which its contract does not name`,
        hint: `Add \`- { name: ${breach.is.name}, type: ${breach.is.type.toLowerCase()} }\` to \`columns\`, or do not return it.`,
        model: name,
        place: item?.place ?? start,
        ...(item?.via === undefined ? {} : { via: item.via }),
      })
    }
    default:
      throw new Error(`unknown breach ${breach satisfies never}`)
  }
}
