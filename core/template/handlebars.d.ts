/** The parts of Handlebars that parse: a quarter of the load time of the whole package, which also compiles. */
declare module 'handlebars/dist/cjs/handlebars/compiler/parser.js' {
  interface Parser {
    yy: object
    parseError?: unknown
    readonly lexer: {
      readonly options: { ranges?: boolean }
      /** Of the token that was read last. */
      readonly yylloc: { readonly range?: readonly [number, number] }
      readonly match: string
    }
    parse(text: string): import('./handlebars-ast.ts').AstProgram
  }
  const parser: Parser
  export default parser
}

declare module 'handlebars/dist/cjs/handlebars/compiler/helpers.js' {
  const actions: Readonly<Record<string, unknown>>
  export default actions
}

declare module 'handlebars/dist/cjs/handlebars/compiler/whitespace-control.js' {
  export default class WhitespaceControl {
    accept(program: import('./handlebars-ast.ts').AstProgram): unknown
  }
}
