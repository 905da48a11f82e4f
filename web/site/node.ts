/** What the command line takes of the site, in a bundle of its own (`dist/site.cjs`): commands that show no page do not pay for it. */
export { defaultLayout } from '../graph/default-layout.ts'
export { type SvgLine, type SvgRequest, standaloneSvg } from '../graph/standalone.tsx'
export { layOutInNode } from '../layout/in-node.ts'
export { contentSecurityPolicy } from './policy.ts'
export { type RenderRequest, renderPage } from './render.tsx'
