import { batchCodes } from './codes/batch.ts'
import { bindCodes } from './codes/bind.ts'
import { cliCodes } from './codes/cli.ts'
import { compileCodes } from './codes/compile.ts'
import { configCodes } from './codes/config.ts'
import { diffCodes } from './codes/diff.ts'
import { docsSiteCodes } from './codes/docs-site.ts'
import { engineCodes } from './codes/engine.ts'
import { exposureCodes } from './codes/exposures.ts'
import { gateCodes } from './codes/gates.ts'
import { gitCodes } from './codes/git.ts'
import { graphCodes } from './codes/graph.ts'
import { ledgerCodes } from './codes/ledger.ts'
import { lineageCodes } from './codes/lineage.ts'
import { lineagePictureCodes } from './codes/lineage-pictures.ts'
import { openLineageCodes } from './codes/openlineage.ts'
import { reportCodes } from './codes/reports.ts'
import { runCodes } from './codes/run.ts'
import { snapshotCodes } from './codes/snapshot.ts'
import { sourceCodes } from './codes/sources.ts'
import { sqlCodes } from './codes/sql.ts'
import { templateCodes } from './codes/template.ts'
import { unitTestCodes } from './codes/unit-tests.ts'
import { validateCodes } from './codes/validate.ts'

/** What the error reference says of one code; `docs/errors.md` is generated from these. */
export interface CodeEntry {
  readonly title: string
  /** Why it is an error and what to do, in a few sentences of Markdown. */
  readonly help: string
}

/** Every code a user can meet. SL1 configuration, SL2 templates, SL3 SQL, SL4 graph and selection, SL5 engines,
 * SL6 running and checks, SL9 command line. */
export const catalogue = {
  ...configCodes,
  ...templateCodes,
  ...sqlCodes,
  ...compileCodes,
  ...batchCodes,
  ...gateCodes,
  ...graphCodes,
  ...engineCodes,
  ...runCodes,
  ...sourceCodes,
  ...bindCodes,
  ...lineageCodes,
  ...lineagePictureCodes,
  ...ledgerCodes,
  ...snapshotCodes,
  ...exposureCodes,
  ...diffCodes,
  ...gitCodes,
  ...validateCodes,
  ...cliCodes,
  ...docsSiteCodes,
  ...reportCodes,
  ...openLineageCodes,
  ...unitTestCodes,
} as const satisfies Record<string, CodeEntry>

export type Code = keyof typeof catalogue
