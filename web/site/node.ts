/** What the command line takes of the site, in a bundle of its own (`dist/site.cjs`): commands that show no page do not pay for it. */
export { type SvgLine, type SvgRequest, standaloneSvg } from '../graph/standalone.tsx'
export { contentSecurityPolicy } from './policy.ts'
export { type RenderRequest, renderPage } from './render.tsx'
