/** A description as data: no HTML can be in it, and links lead only to `http`, `https`, `mailto` or within the site. */
export type Markdown = readonly MarkdownBlock[]

export type MarkdownBlock =
  | { readonly kind: 'paragraph'; readonly text: readonly MarkdownInline[] }
  /** Level 1 to 6, as written. */
  | { readonly kind: 'heading'; readonly level: number; readonly text: readonly MarkdownInline[] }
  | { readonly kind: 'list'; readonly start?: number; readonly items: readonly Markdown[] }
  | { readonly kind: 'code'; readonly language?: string; readonly text: string }
  | { readonly kind: 'quote'; readonly blocks: Markdown }
  | {
      readonly kind: 'table'
      readonly align: readonly ('left' | 'center' | 'right' | null)[]
      readonly header: readonly (readonly MarkdownInline[])[]
      readonly rows: readonly (readonly (readonly MarkdownInline[])[])[]
    }
  | { readonly kind: 'rule' }

export type MarkdownInline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'emphasis' | 'strike'; readonly children: readonly MarkdownInline[] }
  | { readonly kind: 'link'; readonly href: string; readonly children: readonly MarkdownInline[] }
  | { readonly kind: 'break' }
