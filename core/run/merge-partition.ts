import type { Session } from '../adapter.ts'
import type { FinalSql } from '../compile/final-sql.ts'
import type { Window } from '../compile/symbols.ts'
import { SluiceError } from '../diagnostics/diagnostic.ts'
import type { VolumeHistory } from '../gates/volume-history.ts'
import { type AttemptContext, outputColumn } from './attempt.ts'
import { type Bound, newestWins, PARTITION_START, type Written, windowCondition } from './binding.ts'
import { runChecks, splitChecks } from './checking.ts'
import { withUserSql } from './diagnose.ts'
import type { Piece } from './pieces.ts'
import { exampleOf, outsideWindow, refuseUnwritten, rowsOf } from './refused-rows.ts'

const STAGE = 'sluice_stage'

/** Stage the query, prove its keys, MERGE; where the key does not tell the partition, the newest row wins. */
export async function mergePartition(
  context: AttemptContext,
  session: Session,
  bound: Bound,
  piece: Piece,
  window: Window,
  sql: FinalSql,
  history: VolumeHistory,
): Promise<Written> {
  const { dialect } = context.adapter
  const { model } = bound
  const stage = dialect.stage(STAGE)
  const inWindow = windowCondition(context, bound, window)
  const create = dialect.createStage(STAGE, sql.text)
  await withUserSql(sql, create.offset, () => session.execute(create.sql))
  try {
    await proveStage(context, session, bound, window, inWindow)
    await refuseUnwritten(context, session, bound, window, stage)
    const isNewest = newestWins(model)
    const target = dialect.relation(model.relation)
    const key = model.config.uniqueKey.map(
      (name) => outputColumn(context.adapter, model, bound.columns, name, 'merge key column').name,
    )
    const others = bound.stored.filter((column) => !key.includes(column.name))
    const start = dialect.instant(window.partition.start, 'timestamp')
    if (isNewest && !context.task.fullRefresh)
      await refuseVanished(context, session, bound, window, key, start)
    await session.execute(
      dialect.merge({
        target,
        source: isNewest
          ? `(select s.*, ${start} as ${dialect.quote(PARTITION_START)} from ${stage} as s)`
          : stage,
        columns: bound.stored.map((column) => column.name),
        key,
        ...(others.every((column) => dialect.comparable(column.type))
          ? { compared: others.map((column) => column.name) }
          : {}),
        ...(isNewest ? { newestBy: PARTITION_START } : {}),
        ...(model.config.deleteMissing ? { deleteMissingWhere: inWindow('target') } : {}),
      }),
    )
    if (!isNewest) return { piece, window, sql, rows: { from: target, window: inWindow } }
    // The table's rows are no more the partition's: those of other partitions may be newer.
    const checks = splitChecks(dialect, model).ofRows
    const rows = { from: stage, table: target }
    const { columns } = bound
    const subject = { node: model, partition: window.partition, window, columns, rows, checks, history }
    const staged = await runChecks(context, session, subject, [])
    history.add(window.partition, staged.rows, context.now().getTime())
    const own = (alias: string) => `${alias}.${dialect.quote(PARTITION_START)} = ${start}`
    return { piece, window, sql, staged, rows: { from: target, window: own } }
  } finally {
    // After an error the transaction only takes ROLLBACK, which drops the stage as well.
    await session.execute(dialect.dropStage(STAGE)).catch(() => undefined)
  }
}

async function proveStage(
  context: AttemptContext,
  session: Session,
  bound: Bound,
  window: Window,
  inWindow: (alias: string) => string,
): Promise<void> {
  const { dialect } = context.adapter
  const keys = bound.model.config.uniqueKey.map((name) =>
    dialect.quote(outputColumn(context.adapter, bound.model, bound.columns, name, 'merge key column').name),
  )
  const stage = dialect.stage(STAGE)
  const anyNull = keys.map((key) => `s.${key} is null`).join(' or ')
  const list = keys.map((key) => `s.${key}`).join(', ')
  const duplicates = `select ${list}, count(*) as occurrences from ${stage} as s group by ${list} having count(*) > 1`
  const [found] = await session.query(
    `select count(*) filter (where ${anyNull}) as nulls, count(*) filter (where (${inWindow('s')}) is not true) as strays,
(select count(*) from (${duplicates}) as d) as duplicates from ${stage} as s`,
  )
  const about = {
    model: bound.model.name,
    partition: window.partition.key,
    place: { file: bound.model.path, line: 1, column: 1 },
  }
  if (Number(found!.nulls) > 0) {
    const sample = await session.query(`select * from ${stage} as s where ${anyNull} limit 1`)
    throw SluiceError.of('SL611', {
      ...about,
      message: `${found!.nulls} ${rowsOf(Number(found!.nulls))} of ${bound.model.name} have a NULL in the merge key (${bound.model.config.uniqueKey.join(', ')})`,
      ...exampleOf(bound, sample[0], ''),
    })
  }
  if (Number(found!.duplicates) > 0) {
    const sample = await session.query(`${duplicates} limit 1`)
    throw SluiceError.of('SL612', {
      ...about,
      message: `${found!.duplicates} merge ${Number(found!.duplicates) === 1 ? 'key occurs' : 'keys occur'} more than once in ${bound.model.name} (${bound.model.config.uniqueKey.join(', ')})`,
      ...exampleOf(bound, sample[0], 'Aggregate, or pick one row per key.'),
    })
  }
  if (Number(found!.strays) > 0) {
    const strays = await session.query(
      `select * from ${stage} as s where (${inWindow('s')}) is not true limit 5`,
    )
    throw outsideWindow(bound, window, Number(found!.strays), strays)
  }
}

/** A key that this partition wrote and does not return any more cannot be taken back: what stood there before was overwritten. */
async function refuseVanished(
  context: AttemptContext,
  session: Session,
  bound: Bound,
  window: Window,
  key: readonly string[],
  start: string,
): Promise<void> {
  const { dialect } = context.adapter
  const { model } = bound
  const matches = key.map((name) => `s.${dialect.quote(name)} = t.${dialect.quote(name)}`).join(' and ')
  const [found] = await session.query(
    `select count(*) as vanished from ${dialect.relation(model.relation)} as t
where t.${dialect.quote(PARTITION_START)} = ${start} and not exists (select 1 from ${dialect.stage(STAGE)} as s where ${matches})`,
  )
  const count = Number(found!.vanished)
  if (count === 0) return
  throw SluiceError.of('SL625', {
    message: `${count} merge ${count === 1 ? 'key' : 'keys'} that ${window.partition.key} wrote into ${model.name} ${count === 1 ? 'is' : 'are'} not in its query any more`,
    model: model.name,
    partition: window.partition.key,
    place: { file: model.path, line: 1, column: 1 },
    hint: 'What stood there before was overwritten, so only a rebuild of all partitions in their order gives the right rows.',
    next: `run --select ${model.name} --full-refresh`,
  })
}
