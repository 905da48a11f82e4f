import type { PageRef } from './address.ts'
import type { PageData, RelationLineage, SearchIndex, SiteInfo } from './api.ts'

/** All that the site says, made when it is asked for. One value for a static build and for a server. */
export interface Site {
  readonly info: SiteInfo
  /** Every page that there is. */
  readonly pages: readonly PageRef[]
  /** Undefined: there is no such page. */
  page(ref: PageRef): Promise<PageData | undefined>
  /** Undefined: there is no such relation. */
  lineage(relation: string): Promise<RelationLineage | undefined>
  /** Relations that have lineage. */
  readonly relations: readonly string[]
  search(): Promise<SearchIndex>
}

/** The same site with another thing to say on every page. */
export function withInfo(site: Site, info: SiteInfo): Site {
  return {
    info,
    pages: site.pages,
    relations: site.relations,
    page: (ref) => site.page(ref),
    lineage: (relation) => site.lineage(relation),
    search: () => site.search(),
  }
}
