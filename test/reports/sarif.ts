/** What an object may and must hold: a check for each property; those that end in `?` may be left out. */
type Shape = Readonly<Record<string, Check>>
type Check = (value: unknown, path: string) => readonly string[]

const fails = (path: string, what: string, value: unknown) => [
  `${path} is not ${what}: ${JSON.stringify(value)}`,
]
const text: Check = (value, path) =>
  typeof value === 'string' && value !== '' ? [] : fails(path, 'a text', value)
const bool: Check = (value, path) => (typeof value === 'boolean' ? [] : fails(path, 'true or false', value))
const from =
  (least: number): Check =>
  (value, path) =>
    Number.isSafeInteger(value) && (value as number) >= least
      ? []
      : fails(path, `a number from ${least}`, value)
const oneOf =
  (...values: readonly string[]): Check =>
  (value, path) =>
    values.includes(value as string) ? [] : fails(path, `one of ${values.join(', ')}`, value)
const list =
  (item: Check, least = 0): Check =>
  (value, path) =>
    Array.isArray(value) && value.length >= least
      ? value.flatMap((each, index) => item(each, `${path}[${index}]`))
      : fails(path, `a list of at least ${least}`, value)
const map =
  (item: Check): Check =>
  (value, path) =>
    isObject(value)
      ? Object.entries(value).flatMap(([key, each]) => item(each, `${path}.${key}`))
      : fails(path, 'an object', value)
const object =
  (shape: Shape): Check =>
  (value, path) => {
    if (!isObject(value)) return fails(path, 'an object', value)
    const known = new Map(
      Object.entries(shape).map(([key, check]) => [
        key.replace(/\?$/, ''),
        { check, isOptional: key.endsWith('?') },
      ]),
    )
    return [
      ...Object.keys(value).flatMap((key) =>
        known.has(key) ? [] : [`${path}.${key} is not in the standard`],
      ),
      ...[...known].flatMap(([key, { check, isOptional }]) =>
        value[key] === undefined
          ? isOptional
            ? []
            : [`${path}.${key} is missing`]
          : check(value[key], `${path}.${key}`),
      ),
    ]
  }

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Relative references only: no scheme, nothing that would have to be escaped. */
const relativeUri: Check = (value, path) =>
  typeof value === 'string' && /^(?:[A-Za-z0-9_.!~*'()/-]|%[0-9A-F]{2})+$/.test(value)
    ? []
    : fails(path, 'a relative reference of RFC 3986', value)

const message = object({ text, 'markdown?': text })
const location: Shape = {
  physicalLocation: object({
    artifactLocation: object({ uri: relativeUri, 'uriBaseId?': text }),
    region: object({ startLine: from(1), startColumn: from(1), 'endLine?': from(1), 'endColumn?': from(1) }),
  }),
  'logicalLocations?': list(object({ fullyQualifiedName: text, kind: text })),
}

/** The parts of SARIF 2.1.0 (OASIS, errata 1) that Sluice writes, with what they must hold; and what GitHub demands beyond. */
const log = object({
  $schema: text,
  version: oneOf('2.1.0'),
  runs: list(
    object({
      tool: object({
        driver: object({
          name: text,
          version: text,
          rules: list(
            object({
              id: text,
              name: text,
              shortDescription: message,
              fullDescription: message,
              help: message,
            }),
          ),
        }),
      }),
      automationDetails: object({ id: text }),
      columnKind: oneOf('utf16CodeUnits', 'unicodeCodePoints'),
      originalUriBaseIds: map(object({ 'uri?': text, 'description?': message })),
      invocations: list(object({ executionSuccessful: bool })),
      results: list(
        object({
          ruleId: text,
          ruleIndex: from(0),
          level: oneOf('none', 'note', 'warning', 'error'),
          message,
          // GitHub refuses a file in which a result has none.
          locations: list(object(location), 1),
          'relatedLocations?': list(object({ ...location, id: from(0), message }), 1),
          partialFingerprints: map(text),
        }),
      ),
    }),
    1,
  ),
})

/** What is wrong with a SARIF log, in words. */
export function wrongIn(value: unknown): readonly string[] {
  const wrong = log(value, '$')
  if (wrong.length > 0) return wrong
  const { runs } = value as { readonly runs: readonly Run[] }
  return runs.flatMap(({ tool, results }) => {
    const { rules } = tool.driver
    const repeated = rules.filter((rule, at) => rules.findIndex(({ id }) => id === rule.id) !== at)
    return [
      ...repeated.map(({ id }) => `there are two rules ${id}`),
      ...results.flatMap(({ ruleId, ruleIndex }, at) =>
        rules[ruleIndex]?.id === ruleId ? [] : [`results[${at}] has the rule ${ruleId} at ${ruleIndex}`],
      ),
    ]
  })
}

interface Run {
  readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } }
  readonly results: readonly { readonly ruleId: string; readonly ruleIndex: number }[]
}
