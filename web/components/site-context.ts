import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { addressOf, linkBetween, type PageRef } from '../../core/docs/address.ts'
import type { NodeRef, SiteInfo } from '../../core/docs/api.ts'

export interface SiteContextValue {
  readonly info: SiteInfo
  /** Of the page that is shown. */
  readonly address: string
}

export const SiteContext = createContext<SiteContextValue | undefined>(undefined)

/** The site around a component, and links from the page that it is on. */
export function useSite(): SiteContextValue & { readonly link: (ref: PageRef | NodeRef) => string } {
  const site = useContext(SiteContext)
  if (site === undefined) throw new Error('no site around the component')
  return { ...site, link: (ref) => linkBetween(site.address, addressOf(ref)) }
}
