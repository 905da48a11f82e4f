import type { JSX } from 'preact'
import type { ExposurePage } from '../../core/docs/api.ts'
import { NodeList } from '../components/neighbors.tsx'
import { Facts, NodePage } from '../components/node-page.tsx'
import { OutsideLink } from '../components/outside-link.tsx'

export function ExposureView({ page }: { readonly page: ExposurePage }): JSX.Element {
  const { label, name, type, url, owner, ownerEmail, upstream, unwell } = page
  return (
    <NodePage
      node={page}
      title={label}
      what={type === undefined ? 'exposure' : `exposure: ${type}`}
      facts={
        <Facts
          facts={[
            { name: 'name', value: <span class="mono">{name}</span> },
            ...(url === undefined ? [] : [{ name: 'where', value: <OutsideLink href={url} /> }]),
            ...(owner === undefined ? [] : [{ name: 'owner', value: owner }]),
            ...(ownerEmail === undefined
              ? []
              : [
                  {
                    name: 'write to',
                    value: <OutsideLink href={`mailto:${ownerEmail}`} text={ownerEmail} />,
                  },
                ]),
          ]}
        />
      }
      sections={[
        {
          id: 'unwell',
          title: 'What is not well',
          content: <NodeList nodes={unwell} none="All that it depends on is well." />,
        },
        { id: 'reads', title: 'Reads', content: <NodeList nodes={upstream} none="It reads nothing." /> },
      ]}
    />
  )
}
