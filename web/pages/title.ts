import type { PageData, SiteInfo } from '../../core/docs/api.ts'

/** The document's title: what the page is about, then the project. */
export function titleOf(data: PageData, info: SiteInfo): string {
  switch (data.kind) {
    case 'home':
      return info.project
    case 'graph':
      return `Lineage · ${info.project}`
    case 'catalog':
      return `Relations · ${info.project}`
    case 'runs':
      return `Runs · ${info.project}`
    case 'run':
      return `Run ${data.id} · ${info.project}`
    case 'exposure':
      return `${data.label} · ${info.project}`
    default:
      return `${data.name} · ${info.project}`
  }
}
