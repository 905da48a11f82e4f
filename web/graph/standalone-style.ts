/** The look of a picture that stands for itself: the site's colors for light and dark (web/styles/base.css), fonts that every machine has.
 * Below its root's class, as the file may be put into a page. */
export const standaloneStyle = `
.sluice-lineage { color-scheme: light dark; --ground: #fff; --box: #fff; --border: #b9c1cc; --text: #1b2330; --quiet: #55606f; --accent: #0b5cad; --line: #8a94a1; }
@media (prefers-color-scheme: dark) {
.sluice-lineage { --ground: #0f141b; --box: #1b2431; --border: #445064; --text: #e4e9f0; --quiet: #a0abba; --accent: #6cb2ff; --line: #75808e; }
}
.sluice-lineage text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; fill: var(--text); }
.sluice-lineage .picture-ground { fill: var(--ground); }
.sluice-lineage .box-body { fill: var(--box); stroke: var(--border); }
.sluice-lineage .kind-source .box-body, .sluice-lineage .kind-seed .box-body { stroke-dasharray: 4 3; }
.sluice-lineage .box-rule { stroke: var(--border); fill: none; }
.sluice-lineage .box-kind { fill: none; stroke: var(--quiet); stroke-width: 1.2; }
.sluice-lineage .box-title { font-size: 13px; font-weight: 600; }
.sluice-lineage .row-body { fill: none; }
.sluice-lineage .row-name { font-size: 12px; fill: var(--quiet); }
.sluice-lineage .line-path { fill: none; stroke: var(--line); stroke-width: 1.4; }
.sluice-lineage .line-head { fill: var(--line); }
.sluice-lineage .way-copied .line-path { stroke: var(--text); }
.sluice-lineage .way-copied .line-head { fill: var(--text); }
.sluice-lineage .way-computed .line-path { stroke: var(--accent); }
.sluice-lineage .way-computed .line-head { fill: var(--accent); }
.sluice-lineage .way-rows .line-path { stroke-dasharray: 4 4; }
`
