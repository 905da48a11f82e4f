import { CronExpressionParser } from 'cron-parser'
import { hourMs } from './calendar.ts'
import type { CronDays, CronGrain } from './grain.ts'

/** Why a text is no cron expression. */
export class CronMistake extends Error {}

const shortcuts: ReadonlySet<string> = new Set([
  '@hourly',
  '@daily',
  '@midnight',
  '@weekly',
  '@weekdays',
  '@weekends',
  '@monthly',
  '@yearly',
  '@annually',
])

/**
 * Reads a cron expression of five fields, or a shortcut such as `@daily`. Beside numbers, names, lists, ranges and steps there are `L`
 * (the last day of the month; `5L`, its last Friday) and `1#2` (its second Monday).
 * @throws CronMistake
 */
export function cronGrain(expression: string): CronGrain {
  const cron = expression.trim().split(/\s+/).join(' ')
  const fields = parsed(cron)
  const minutes = numbers(fields.minute.values)
  const hours = numbers(fields.hour.values)
  return {
    cron,
    times: hours.flatMap((hour) => minutes.map((minute) => hour * hourMs + minute * 60_000)),
    everyHour: hours.length === 24,
    months: numbers(fields.month.values),
    days: daysOf(fields),
  }
}

type Fields = ReturnType<typeof CronExpressionParser.parse>['fields']

function parsed(cron: string): Fields {
  if (!shortcuts.has(cron.toLowerCase())) {
    const count = cron.split(' ').length
    if (count !== 5)
      throw new CronMistake(`it has ${count === 1 ? '1 field' : `${count} fields`} instead of 5`)
    // A hashed field would be another one in each process.
    const hashed = cron.split(' ').find((field) => /^h|[,(]h\b/i.test(field))
    if (hashed !== undefined) throw new CronMistake(`"${hashed}" stands for a random value`)
  }
  try {
    return CronExpressionParser.parse(cron, { tz: 'UTC', currentDate: 0 }).fields
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new CronMistake(
      /explicit day of month/.test(message)
        ? 'no month has such a day'
        : message.charAt(0).toLowerCase() + message.slice(1),
    )
  }
}

function daysOf({ dayOfMonth, dayOfWeek }: Fields): CronDays {
  const nth = dayOfWeek.nthDay > 0 ? dayOfWeek.nthDay : dayOfWeek.hasLastChar ? 0 : undefined
  return {
    ...(dayOfMonth.isWildcard
      ? {}
      : { ofMonth: dayOfMonth.values.map((day) => (day === 'L' ? 0 : Number(day))) }),
    ...(dayOfWeek.isWildcard ? {} : { ofWeek: numbers(dayOfWeek.values).map((day) => day % 7) }),
    ...(nth === undefined ? {} : { nth }),
  }
}

/** `5L` is Friday here, and its `L` is looked at elsewhere. */
function numbers(values: readonly (number | string)[]): number[] {
  return [...new Set(values.map((value) => Number.parseInt(String(value), 10)))].sort((a, b) => a - b)
}
