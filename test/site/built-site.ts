import { inject } from 'vitest'
import type { ExampleSite } from './example-site.ts'

/** The example with runs in its ledger, and its site: built once for all test files of a run, so nobody changes it. */
export async function builtSite(): Promise<ExampleSite> {
  const response = await fetch(inject('siteBroker'))
  const text = await response.text()
  if (!response.ok) throw new Error(`the example's site could not be built: ${text}`)
  return JSON.parse(text) as ExampleSite
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Address at which the test run hands out the example's site. */
    siteBroker: string
  }
}
