import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { githubReport } from '../../cli/reports/github.ts'
import { junitReport } from '../../cli/reports/junit.ts'
import { code, fenced, inline, markdownReport } from '../../cli/reports/markdown.ts'
import { mermaidGraph } from '../../cli/reports/mermaid.ts'
import type { Report } from '../../cli/reports/report.ts'
import { sarifReport } from '../../cli/reports/sarif.ts'
import { nasty, nastyWarning, report, unknownColumn } from './report.ts'
import { wrongIn } from './sarif.ts'
import { elementsOf } from './xml.ts'

// Whoever runs the tests by npx would be told to run Sluice by it.
vi.stubEnv('npm_command', 'test')

/** The statements of a flowchart that are used: a node with a quoted label, an edge, a class. */
const mermaidLine =
  /^ {2}(?:(?:n\d+|more)(?:\["[^"\n`<>&;]*(?:#\d+;[^"\n`<>&;]*)*"\]|\[\("[^"\n`<>&;]*(?:#\d+;[^"\n`<>&;]*)*"\)\]|\[\/"[^"\n`<>&;]*(?:#\d+;[^"\n`<>&;]*)*"\/\]|\(\["[^"\n`<>&;]*(?:#\d+;[^"\n`<>&;]*)*"\]\))(?::::[a-z]+)?|n\d+ --> n\d+|classDef [a-z]+ [a-z-]+:[#a-z0-9]+(?:,[a-z-]+:[#a-z0-9]+)*)$/

const below = (file: string) => `warehouse/${file}`

describe('annotations of GitHub', () => {
  const lines = githubReport(report, below).split('\n')

  test('stand at the line of the repository, errors first', () => {
    expect(lines[0]).toBe(
      '::error file=warehouse/models/marts/daily.sql,line=5,endLine=5,col=12,endColumn=17,title=SL603 marts.daily::there is no column `delai`%0Acalled from warehouse/models/marts/weekly.sql:2:3%0ADid you mean `delay`?%0ANext: sluice validate --select marts.daily',
    )
    expect(lines[1]).toBe('::error title=SL500::no server')
    expect(lines[2]).toMatch(
      /^::warning file=warehouse\/models\/a b\/größe%25\.sql,line=1,col=1,title=SL362 marts\.daily::/,
    )
  })

  test('are one line each, whatever the text', () => {
    expect(lines.filter((line) => line !== '')).toHaveLength(3)
    expect(lines[2]).toContain('%0Asecond line')
  })

  test('say how many are not shown', () => {
    const many: Report = { ...report, diagnostics: Array.from({ length: 13 }, () => unknownColumn) }
    expect(githubReport(many, below).trimEnd().split('\n').at(-1)).toBe(
      '::error title=sluice validate::2 errors and 1 warning in 3 models 3 more are in the log of this step.',
    )
  })

  test('a good end is a notice', () => {
    expect(githubReport({ ...report, outcome: 'passed', diagnostics: [] }, below)).toBe(
      '::notice title=sluice validate::2 errors and 1 warning in 3 models\n',
    )
  })
})

describe('SARIF', () => {
  const log = JSON.parse(sarifReport(report, '1.2.3', below))
  const [run] = log.runs

  test('has a rule for each code, and results that refer to them', () => {
    expect(log.version).toBe('2.1.0')
    expect(run.tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(['SL362', 'SL500', 'SL603'])
    for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId)
  })

  test('places findings and the calls that led there', () => {
    expect(run.results[1]).toMatchObject({
      level: 'error',
      message: { text: 'there is no column `delai`\nDid you mean `delay`?' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'warehouse/models/marts/daily.sql', uriBaseId: '%SRCROOT%' },
            region: { startLine: 5, startColumn: 12, endLine: 5, endColumn: 17 },
          },
          logicalLocations: [{ fullyQualifiedName: 'marts.daily' }],
        },
      ],
      relatedLocations: [{ id: 0 }],
    })
    expect(run.results[0].locations[0].physicalLocation.artifactLocation.uri).toBe(
      'warehouse/models/a%20b/gr%C3%B6%C3%9Fe%25.sql',
    )
  })

  test('a finding without a place is one of the project, as GitHub takes none without a location', () => {
    expect(run.results[2].locations[0].physicalLocation.artifactLocation.uri).toBe('warehouse/sluice.yml')
  })

  test('has what the standard and GitHub demand, whatever the text', () => {
    expect(log).toEqual(JSON.parse(sarifReport(report, '1.2.3', below)))
    expect(wrongIn(log)).toEqual([])
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.nat(), (text, line) => {
        const place = { file: 'models/x.sql', line: line + 1, column: 1 }
        const diagnostics = [{ ...unknownColumn, message: text, place }, nastyWarning]
        expect(wrongIn(JSON.parse(sarifReport({ ...report, diagnostics }, '1', below)))).toEqual([])
      }),
      { numRuns: 100, seed: 5 },
    )
  })

  test('the structural check finds what is missing', () => {
    const without = (change: (copy: typeof log) => void) => {
      const copy = structuredClone(log)
      change(copy)
      return wrongIn(copy)
    }
    expect(without((copy) => delete copy.runs[0].tool.driver.name)).not.toEqual([])
    expect(without((copy) => (copy.runs[0].results[0].ruleIndex = 9))).not.toEqual([])
    expect(without((copy) => (copy.runs[0].results[0].level = 'fatal'))).not.toEqual([])
    expect(without((copy) => (copy.runs[0].results[0].colour = 'red'))).not.toEqual([])
    expect(without((copy) => (copy.runs[0].results[0].locations = []))).not.toEqual([])
  })

  test('knows a finding again on another line, and tells two of one text apart', () => {
    const moved = { ...unknownColumn, place: { ...unknownColumn.place!, line: 9 } }
    const prints = (diagnostics: Report['diagnostics']) =>
      JSON.parse(sarifReport({ ...report, diagnostics }, '1', below)).runs[0].results.map(
        (each: { partialFingerprints: unknown }) => JSON.stringify(each.partialFingerprints),
      )
    expect(prints([moved])).toEqual(prints([unknownColumn]))
    expect(new Set(prints([moved, unknownColumn])).size).toBe(2)
  })
})

describe('JUnit', () => {
  const xml = junitReport(report, below)
  const elements = elementsOf(xml)
  const named = (name: string) => elements.filter((each) => each.name === name)

  test('counts each case once, and holds what belongs to none', () => {
    expect(named('testsuites')[0]!.attributes).toMatchObject({
      tests: '4',
      failures: '2',
      skipped: '1',
      time: '1.500',
    })
    expect(named('testcase').map(({ attributes }) => attributes.name)).toEqual([
      'marts.daily',
      nasty.replace('\u0001', '\uFFFD').replace('\uD800', '\uFFFD'),
      'later',
      'SL500',
    ])
    expect(named('skipped')).toHaveLength(1)
  })

  test('a failure says what, where and how to mend it', () => {
    const [failure] = named('failure')
    expect(failure!.attributes).toEqual({ message: 'there is no column `delai`', type: 'SL603' })
    expect(failure!.text).toContain('warehouse/models/marts/daily.sql:5:12')
    expect(failure!.text).toContain('Did you mean `delay`?')
    expect(named('testcase')[0]!.attributes.file).toBe('warehouse/models/marts/daily.sql')
  })

  test('any text is well-formed and comes back as it was, but for what XML cannot say', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (message) => {
        const failing = { ...unknownColumn, message }
        const text = junitReport({ ...report, diagnostics: [failing], cases: [] }, below)
        const [failure] = elementsOf(text).filter(({ name }) => name === 'failure')
        const said = message.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
        expect(failure!.attributes.message).toBe(said)
      }),
      { numRuns: 300, seed: 3 },
    )
  })
})

describe('Markdown', () => {
  const markdown = markdownReport(report, below)

  test('reads like a comment', () => {
    expect(markdown).toMatchInlineSnapshot(`
      "<!-- sluice validate -->

      ## ❌ sluice validate

      2 errors and 1 warning in 3 models

      ### \`warehouse/models/a b/größe%.sql\`

      🟡 **SL362** a\\|b &lt;script&gt;&amp;"'\`x\`% &#64;team \\#12 :: , \\*bold\\*� � 日本 $HOME \\[x\\](http://e.vil) in \`marts.daily\`, line 1

      > second line

      ### \`warehouse/models/marts/daily.sql\`

      🔴 **SL603** there is no column \`delai\` in \`marts.daily\`, line 5

      \`\`\`
      5 | select delai from x
        |        ^^^^^
      \`\`\`

      Called from \`warehouse/models/marts/weekly.sql:2\`

      _Did you mean \`delay\`?_

      Next: \`sluice validate --select marts.daily\`

      ### The project

      🔴 **SL500** no server

      ### Impact

      | a | b |
      |---|---|
      | 1 | 2 |

      ### Graph

      \`\`\`mermaid
      flowchart LR
        n0[("raw.events")]
        n1["marts.daily"]:::breaking
        n2(["a#124;b #60;script#62;#38;#34;#39;#96;x#96;#37; #64;team #35;12 #58;#58; #44; #42;bold#42;#1; #55296; 日本 $HOME #91;x#93;#40;http#58;//e.vil#41;#10;second line"]):::affected
        n0 --> n1
        n1 --> n2
        classDef breaking fill:#ffebe9,stroke:#cf222e,color:#82071e,stroke-width:3px
        classDef affected fill:#fff8c5,stroke:#9a6700,color:#7d4e00
      \`\`\`
      "
    `)
  })

  test('text cannot become markup', () => {
    expect(inline(nastyWarning.message)).not.toMatch(
      /<script|(^|[^\\])\*bold|@team|(^|[^\\])#12|(^|[^\\])\[x\]/,
    )
    expect(inline('the column `a_b` of a_b')).toBe('the column `a_b` of a\\_b')
  })

  test('no fence or code span ends early', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', 'a', '\n', ' ') }), (text) => {
        const fence = /^`+/.exec(fenced(text))![0]
        expect(text.split('\n').every((line) => !line.trim().startsWith(fence))).toBe(true)
        const ticks = /^`+/.exec(code(`x${text}x`))![0]
        expect([...text.matchAll(/`+/g)].every(([run]) => run.length < ticks.length)).toBe(true)
      }),
      { seed: 4 },
    )
  })

  test('one part that is too long does not hide those after it', () => {
    const sections = [
      { title: 'Long', markdown: 'x'.repeat(70_000) },
      { title: 'Short', markdown: 'y' },
    ]
    const text = markdownReport({ ...report, sections }, below)
    expect(text).toContain('### Short')
    expect(text).toContain('```mermaid')
    expect(text).toContain('1 part left out')
  })

  test('what would be too long for a comment is cut between parts, and says so', () => {
    const long = Array.from({ length: 40 }, (_, index) => ({
      title: `Part ${index}`,
      markdown: 'x'.repeat(4000),
    }))
    const text = markdownReport({ ...report, sections: long }, below)
    expect(text.length).toBeLessThan(65_536)
    expect(text).toContain('parts left out')
  })
})

describe('Mermaid', () => {
  test('is what its grammar takes, whatever the names', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'binary', minLength: 1 }), { maxLength: 80 }), (names) => {
        const nodes = names.map((name, index) => ({
          name,
          kind: (['model', 'seed', 'source', 'check'] as const)[index % 4]!,
          ...(index % 3 === 0 ? { change: 'affected' as const } : {}),
        }))
        const edges = names.slice(1).map((name, index) => [names[index]!, name] as const)
        const [first, ...lines] = mermaidGraph({ nodes, edges }).split('\n')
        expect(first).toBe('flowchart LR')
        for (const line of lines) expect(line).toMatch(mermaidLine)
      }),
      { seed: 6, numRuns: 200 },
    )
  })

  test('draws no more edges than Mermaid does', () => {
    const nodes = Array.from({ length: 60 }, (_, index) => ({ name: `n${index}`, kind: 'model' as const }))
    const edges = nodes.flatMap(({ name }, at) =>
      nodes.slice(0, at).map((each) => [each.name, name] as const),
    )
    expect(mermaidGraph({ nodes, edges }).match(/-->/g)!.length).toBeLessThan(500)
  })

  test('names are labels, whatever is in them, and edges join what is shown', () => {
    const text = mermaidGraph(report.graph!)
    expect(text.split('\n').slice(0, 6)).toEqual([
      'flowchart LR',
      '  n0[("raw.events")]',
      '  n1["marts.daily"]:::breaking',
      expect.stringMatching(/^ {2}n2\(\["[^"]*"\]\):::affected$/),
      '  n0 --> n1',
      '  n1 --> n2',
    ])
    expect(text).not.toContain('<')
    expect(text).not.toContain('not.shown')
  })

  test('a large graph keeps what matters', () => {
    const nodes = Array.from({ length: 100 }, (_, index) => ({
      name: `m.n${index}`,
      kind: 'model' as const,
      ...(index > 90 ? { change: 'breaking' as const } : {}),
    }))
    const text = mermaidGraph({ nodes, edges: [] })
    expect(text.match(/:::breaking/g)).toHaveLength(9)
    expect(text).toContain('… and 40 more')
  })
})
