import type { Session } from '../adapter.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import type { AttemptContext } from './attempt.ts'
import { type Bound, windowCondition, windowFor } from './binding.ts'
import { withUserSql } from './diagnose.ts'
import { type Piece, spanOf } from './pieces.ts'

const BATCH = 'sluice_batch'
const SINGLE = 'sluice_single'
/** Partitions that a message names. */
const MOST_NAMED = 5

interface Difference {
  readonly key: string
  readonly rows: number
}

/**
 * Runs the query of a batch both ways, once for all of its partitions and once for each, and compares the rows as multisets, floats to 12
 * significant digits. Writes nothing but stages of its own.
 * Throws SL660 if a partition differs, SL661 if a column cannot be compared.
 */
export async function verifyBatch(
  context: AttemptContext,
  session: Session,
  bound: Bound,
  piece: Piece,
): Promise<void> {
  const { model, columns } = bound
  const { dialect } = context.adapter
  const opaque = columns.filter((column) => dialect.rowHash([column]) === undefined)
  const hash = dialect.rowHash(columns)
  if (hash === undefined || opaque.length > 0) {
    throw SluiceError.of('SL661', {
      message: `rows of ${model.name} cannot be compared: ${opaque.map(({ name, type }) => `\`${name}\` is ${type}`).join(', ')}`,
      model: model.name,
      place: { file: model.path, line: 1, column: 1 },
      hint: 'Leave the model out with `--exclude`, run without `--verify-batch`, or cast the column in the query.',
    })
  }
  await stageOf(context, session, bound, BATCH, piece)
  const differences: Difference[] = []
  for (const partition of piece) {
    await stageOf(context, session, bound, SINGLE, [partition])
    const inWindow = windowCondition(context, bound, windowFor(context, model, partition, bound.type))
    const [row] = await session.query(
      `select coalesce(sum(abs(n)), 0) as differing from (
select h, sum(n) as n from (
select ${hash} as h, 1 as n from ${dialect.stage(SINGLE)} as r
union all
select ${hash} as h, -1 as n from ${dialect.stage(BATCH)} as r where ${inWindow('r')}) as compared group by h) as d`,
    )
    const rows = Number(row!.differing)
    if (rows > 0) differences.push({ key: partition.key, rows })
    await session.execute(dialect.dropStage(SINGLE))
  }
  await session.execute(dialect.dropStage(BATCH))
  if (differences.length > 0) throw differs(bound, piece, differences)
}

async function stageOf(
  context: AttemptContext,
  session: Session,
  bound: Bound,
  stage: string,
  piece: Piece,
): Promise<void> {
  const window = windowFor(context, bound.model, spanOf(piece), bound.type)
  const sql = await context.texts.model(bound.model, window)
  const create = context.adapter.dialect.createStage(stage, sql.text)
  await withUserSql(sql, create.offset, () => session.execute(create.sql))
}

function differs({ model }: Bound, piece: Piece, differences: readonly Difference[]): SluiceError {
  const named = differences
    .slice(0, MOST_NAMED)
    .map(({ key, rows }) => `${key} (${rows} ${rows === 1 ? 'row' : 'rows'})`)
  const more = differences.length > named.length ? `, and ${differences.length - named.length} more` : ''
  const isDeclared = model.config.batch !== undefined
  return SluiceError.of('SL660', {
    message: `${model.name} has other rows in a batch of ${piece.length} partitions than one by one, in ${named.join(', ')}${more}`,
    model: model.name,
    ...(differences.length === 1 ? { partition: differences[0]!.key } : {}),
    place: { file: model.path, line: 1, column: 1 },
    hint: isDeclared
      ? 'Nothing was written. What `batch:` promises does not hold: write `batch: 1` in the header.'
      : 'Nothing was written. If the inputs did not change meanwhile, write `batch: 1` in the header, and please report the model: its proof is wrong.',
    next: `compile --explain-batch --select ${model.name}`,
  })
}
