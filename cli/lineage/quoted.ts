/** Text in a Mermaid flowchart: https://mermaid.js.org/syntax/flowchart.html */
export function mermaidQuoted(text: string): string {
  return `"${text.replaceAll('&', '#amp;').replaceAll('"', '#quot;')}"`
}

/** Text in DOT: https://graphviz.org/doc/info/lang.html */
export function dotQuoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
