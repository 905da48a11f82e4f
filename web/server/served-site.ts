import type { Site } from '../../core/docs/site.ts'

/** What a server shows: always whole, replaced by a newer one when something changed. */
export interface ServedSite {
  /** Another text for each state of the site. */
  version(): string
  site(): Site
  /** Calls the listener after each change; returns how to stop that. */
  onChange(listener: () => void): () => void
}
