import type { ReachedExposure } from '../../core/lineage/exposures.ts'
import type { Role } from '../../core/lineage/lineage.ts'
import type { ProjectLineage } from '../../core/lineage/project.ts'

/** A column, or what decides the rows of a relation: `column` left out. */
export interface Point {
  readonly relation: string
  readonly column?: string
  /** What is written instead of `rows`: an exposure has none. */
  readonly label?: string
}

/** What one point takes from another; rows of a relation that is read have no role of their own. */
export interface Step {
  readonly from: Point
  readonly to: Point
  readonly role?: Role
}

export interface StepsRequest {
  readonly lineage: ProjectLineage
  readonly isModel: (relation: string) => boolean
  readonly roles: ReadonlySet<Role>
  /** Of how many models the text is followed. */
  readonly depth: number
}

/** Every step on the ways from columns to what they come from. */
export async function stepsUpstream(
  { lineage, isModel, roles, depth }: StepsRequest,
  model: string,
  column: string | undefined,
): Promise<readonly Step[]> {
  const steps: Step[] = []
  const seen = new Set<string>()
  let frontier: readonly Point[] = await startingPoints(lineage, model, column, roles)
  for (let level = 0; level < depth && frontier.length > 0; level++) {
    const next: Point[] = []
    for (const point of frontier) {
      if (seen.has(pointKey(point)) || !isModel(point.relation)) continue
      seen.add(pointKey(point))
      for (const step of await stepsInto(lineage, point)) {
        if (step.role !== undefined && !roles.has(step.role)) continue
        const isOfModel = isModel(step.from.relation)
        if (step.role === undefined && (!isOfModel || level + 1 >= depth)) continue
        steps.push(step)
        next.push(step.from)
      }
    }
    frontier = next
  }
  return onlyReaching(steps, isModel)
}

async function startingPoints(
  lineage: ProjectLineage,
  model: string,
  column: string | undefined,
  roles: ReadonlySet<Role>,
): Promise<readonly Point[]> {
  const columns = column === undefined ? ((await lineage.columns(model)) ?? []) : [column]
  const hasRows = [...roles].some((role) => rowRoles.has(role))
  return [
    ...columns.map((each) => ({ relation: model, column: each })),
    ...(hasRows ? [{ relation: model }] : []),
  ]
}

const rowRoles: ReadonlySet<Role> = new Set(['filter', 'join', 'group', 'order'])

/** The models' own rows are no source: a way that ends in the rows of a model without any sources is left out. */
function onlyReaching(steps: readonly Step[], isModel: (relation: string) => boolean): readonly Step[] {
  let kept = steps
  for (;;) {
    const made = new Set(kept.map(({ to }) => pointKey(to)))
    const next = kept.filter(
      ({ from, role }) => role !== undefined || (isModel(from.relation) && made.has(pointKey(from))),
    )
    if (next.length === kept.length) return kept
    kept = next
  }
}

async function stepsInto(lineage: ProjectLineage, to: Point): Promise<readonly Step[]> {
  const { columns, rows, reads } = await lineage.direct(to.relation)
  if (to.column === undefined) {
    return [
      ...rows.map(({ relation, column, role }) => ({ from: { relation, column }, to, role })),
      ...reads.filter((each) => each !== to.relation).map((relation) => ({ from: { relation }, to })),
    ]
  }
  const found = columns.find(({ column }) => column === to.column)
  return (found?.sources ?? []).map(({ relation, column, role }) => ({
    from: { relation, column },
    to,
    role,
  }))
}

/** Every step on the ways from a column, or the rows of a relation, to what is downstream. */
export async function stepsDownstream(
  { lineage, roles }: Pick<StepsRequest, 'lineage' | 'roles'>,
  start: Point,
  readers: readonly string[],
): Promise<readonly Step[]> {
  const steps: Step[] = []
  const reached = new Set([pointKey(start)])
  for (const model of readers) {
    const { columns } = await lineage.direct(model)
    const points: readonly Point[] = [
      { relation: model },
      ...columns.map(({ column }) => ({ relation: model, column })),
    ]
    for (const point of points) {
      const into = (await stepsInto(lineage, point)).filter(
        ({ from, role }) => reached.has(pointKey(from)) && (role === undefined || roles.has(role)),
      )
      if (into.length === 0) continue
      steps.push(...into)
      reached.add(pointKey(point))
    }
  }
  return steps
}

/** From the rows of relations to the exposures that read them. */
export function stepsToExposures(found: readonly ReachedExposure[]): readonly Step[] {
  return found.flatMap(({ exposure, reads }) =>
    reads.map((relation) => ({
      from: { relation },
      to: { relation: exposure.name, label: exposure.label },
    })),
  )
}

export function pointKey({ relation, column }: Point): string {
  return column === undefined ? `${relation}\0` : `${relation}\0${column}`
}

/** Points between two on a shortest way, nearest to `to` first; undefined if there is none. */
export class Ways {
  readonly #into = new Map<string, Step[]>()
  readonly #before = new Map<string, ReadonlyMap<string, Point>>()

  constructor(steps: readonly Step[]) {
    for (const step of steps) {
      const key = pointKey(step.to)
      const known = this.#into.get(key)
      if (known === undefined) this.#into.set(key, [step])
      else known.push(step)
    }
  }

  between(from: Point, to: Point): readonly Point[] | undefined {
    const before = this.#nearest(to)
    const way: Point[] = []
    for (let at = before.get(pointKey(from)); at !== undefined; at = before.get(pointKey(at))) {
      if (pointKey(at) === pointKey(to)) return way.reverse()
      way.push(at)
    }
    return undefined
  }

  /** For each point upstream the next one on the way to `to`. */
  #nearest(to: Point): ReadonlyMap<string, Point> {
    const known = this.#before.get(pointKey(to))
    if (known !== undefined) return known
    const next = new Map<string, Point>()
    let frontier: readonly Point[] = [to]
    while (frontier.length > 0) {
      const further: Point[] = []
      for (const point of frontier) {
        for (const { from } of this.#into.get(pointKey(point)) ?? []) {
          const key = pointKey(from)
          if (next.has(key) || key === pointKey(to)) continue
          next.set(key, point)
          further.push(from)
        }
      }
      frontier = further
    }
    this.#before.set(pointKey(to), next)
    return next
  }
}
