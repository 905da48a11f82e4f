import { z } from 'zod'
import type { Path, Problem } from './problem.ts'
import { type IssueContext, problemsOf } from './schema/issues.ts'
import { isMap } from './schema/values.ts'

/** A value as far as it could be used. */
export interface Validated<T> {
  /** Without the keys that are wrong. */
  readonly value: Partial<T>
  /** Top-level keys that were left out because something below them is wrong, or that are missing but needed. */
  readonly broken: readonly string[]
  readonly problems: readonly Problem[]
}

/** Validates a map by a schema. Keys with mistakes are left out and named, so that the rest can still be looked at and one
 * run finds the other mistakes too. Nothing at all (`null`) is an empty map. */
export function validate<T extends object>(
  schema: z.ZodObject<z.core.$ZodLooseShape> & z.ZodType<T>,
  raw: unknown,
  context: IssueContext,
): Validated<T> {
  const value = raw ?? {}
  const result = schema.safeParse(value, { reportInput: true })
  if (result.success) return { value: result.data, broken: [], problems: [] }
  const problems = problemsOf(result.error.issues, context)
  if (!isMap(value)) return { value: {}, broken: Object.keys(schema.shape), problems }
  const broken = new Set(
    result.error.issues.flatMap((issue) => (issue.path.length > 0 ? [String(issue.path[0])] : [])),
  )
  const rest = Object.entries(value).filter(([key]) => key in schema.shape && !broken.has(key))
  // Without refinements, which speak of keys that may be missing now.
  const again = z.strictObject(schema.shape).partial().safeParse(Object.fromEntries(rest))
  return { value: again.success ? (again.data as Partial<T>) : {}, broken: [...broken], problems }
}

/** The path of a problem's context, for problems that other rules add later. */
export function below(prefix: Path, ...path: Path): Path {
  return [...prefix, ...path]
}
