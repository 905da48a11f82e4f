import { createHash } from 'node:crypto'
import { type Code, catalogue } from '../../core/diagnostics/catalogue.ts'
import type { Diagnostic, Place } from '../../core/diagnostics/diagnostic.ts'
import type { Report } from './report.ts'

/**
 * SARIF 2.1.0, which code scanning reads.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 * @param pathOf a file as it is named from the repository's root
 */
export function sarifReport(
  { command, diagnostics }: Report,
  version: string,
  pathOf: (file: string) => string,
): string {
  const codes = [...new Set(diagnostics.map(({ code }) => code))].sort()
  const seen = new Map<string, number>()
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Sluice', version, rules: codes.map(rule) } },
        automationDetails: { id: `sluice/${command}/` },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The root of the repository.' } } },
        invocations: [{ executionSuccessful: true }],
        results: diagnostics.map((each) => result(each, codes, seen, pathOf)),
      },
    ],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}

function rule(code: Code) {
  const { title, help } = catalogue[code]
  return {
    id: code,
    name: code,
    shortDescription: { text: title },
    fullDescription: { text: help },
    help: { text: help, markdown: help },
  }
}

function result(
  each: Diagnostic,
  codes: readonly Code[],
  seen: Map<string, number>,
  pathOf: (file: string) => string,
) {
  const { code, severity, message, hint, place, via, model } = each
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: severity,
    message: { text: hint === undefined ? message : `${message}\n${hint}` },
    // GitHub takes no result without a location.
    locations: [{ ...location(place ?? wholeProject, pathOf), ...logical(model) }],
    ...(via === undefined || via.length === 0
      ? {}
      : {
          relatedLocations: via.map((call, id) => ({
            id,
            ...location(call, pathOf),
            message: { text: 'called here' },
          })),
        }),
    partialFingerprints: { 'sluice/v1': fingerprint(each, seen) },
  }
}

const wholeProject: Place = { file: 'sluice.yml', line: 1, column: 1 }

function logical(model: string | undefined) {
  return model === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: model, kind: 'resource' }] }
}

function location({ file, line, column, endLine, endColumn }: Place, pathOf: (file: string) => string) {
  return {
    physicalLocation: {
      artifactLocation: artifact(pathOf(file)),
      region: {
        startLine: line,
        startColumn: column,
        ...(endLine === undefined ? {} : { endLine }),
        ...(endColumn === undefined ? {} : { endColumn }),
      },
    },
  }
}

/** A path may hold what has a meaning in URIs. One that leaves the repository is not below its root. */
function artifact(path: string) {
  const uri = path.split('/').map(encodeURIComponent).join('/')
  return path.startsWith('../') ? { uri } : { uri, uriBaseId: '%SRCROOT%' }
}

/** The same for the same finding on another line, so that code scanning knows it again. */
function fingerprint({ code, message, model, place }: Diagnostic, seen: Map<string, number>): string {
  const identity = JSON.stringify([code, model, place?.file, message])
  const count = (seen.get(identity) ?? 0) + 1
  seen.set(identity, count)
  return `${createHash('sha256').update(identity).digest('hex').slice(0, 16)}:${count}`
}
