import type { JSX } from 'preact'
import type { PageData, SiteInfo } from '../../core/docs/api.ts'
import { Mistakes } from '../components/mistakes.tsx'
import { Shell } from '../components/shell.tsx'
import { SiteContext } from '../components/site-context.ts'
import { GraphView } from '../graph/graph-view.tsx'
import { CatalogView } from './catalog.tsx'
import { CheckView } from './check.tsx'
import { ExposureView } from './exposure.tsx'
import { HomeView } from './home.tsx'
import { ModelView } from './model.tsx'
import { RunView } from './run.tsx'
import { RunsView } from './runs.tsx'
import { SeedView } from './seed.tsx'
import { SourceView } from './source.tsx'

export interface AppProps {
  readonly info: SiteInfo
  /** Of this page: links are relative to it. */
  readonly address: string
  readonly data: PageData
}

/** A page with all that is around it. The same on the server and in the browser. */
export function App({ info, address, data }: AppProps): JSX.Element {
  return (
    <SiteContext.Provider value={{ info, address }}>
      <Shell kind={data.kind}>
        <Mistakes />
        <Body data={data} />
      </Shell>
    </SiteContext.Provider>
  )
}

function Body({ data }: { readonly data: PageData }): JSX.Element {
  switch (data.kind) {
    case 'home':
      return <HomeView page={data} />
    case 'graph':
      return <GraphView page={data} />
    case 'catalog':
      return <CatalogView page={data} />
    case 'model':
      return <ModelView page={data} />
    case 'seed':
      return <SeedView page={data} />
    case 'source':
      return <SourceView page={data} />
    case 'check':
      return <CheckView page={data} />
    case 'exposure':
      return <ExposureView page={data} />
    case 'runs':
      return <RunsView page={data} />
    case 'run':
      return <RunView page={data} />
  }
}
