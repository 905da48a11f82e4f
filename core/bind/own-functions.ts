import type { Binding } from './bind-project.ts'
import type { BindAnswer } from './binder.ts'

/** What is said instead of a mistake where the only thing that is missing is a function that the project allows by name: the target's
 * database has it, and nobody asked that one. */
export function ownFunction(
  { request }: Pick<Binding, 'request'>,
  answer: BindAnswer,
): BindAnswer | undefined {
  if (answer.kind !== 'failed' || answer.missing === undefined) return undefined
  const last = lastPart(answer.missing)
  const isAllowed = request.project.project.allowFunctions.some((name) => lastPart(name) === last)
  if (!isAllowed) return undefined
  return { kind: 'out_of_reach', reason: `it calls \`${answer.missing}\`, which only the database has` }
}

function lastPart(name: string): string {
  return name.toLowerCase().split('.').at(-1)!
}
