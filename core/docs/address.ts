/** What has a page of its own beside the fixed ones. */
export type PagedKind = 'model' | 'seed' | 'source' | 'check' | 'exposure' | 'run'

/** A page of the site, by what it is about. */
export type PageRef =
  | { readonly kind: 'home' | 'graph' | 'catalog' | 'runs' }
  | { readonly kind: PagedKind; readonly name: string }

/** Where a page is below the site's root, without an ending: `index`, `graph`, `model/marts.daily`. Made of `a-z 0-9 . _ - ~ /`, so that it
 * stands in a URL and in every file system as it is; different for names that differ only in case. */
export function addressOf(ref: PageRef): string {
  switch (ref.kind) {
    case 'home':
      return 'index'
    case 'graph':
    case 'catalog':
    case 'runs':
      return ref.kind
    default:
      return `${ref.kind}/${slugOf(ref.name)}`
  }
}

const longest = 120

/** A name as a file name. Long names end with a hash of all of it. */
export function slugOf(name: string): string {
  const encoded = [...name].map(encodedCharacter).join('')
  const safe = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/.test(encoded) ? `~${encoded}` : encoded
  if (safe.length <= longest) return safe
  return `${safe.slice(0, longest - 10).replace(/~[^~]*$/, '')}~~${hashOf(name)}`
}

/** `~41~` for `A`: what is not lower case, a digit, `_`, `-` or an inner dot. */
function encodedCharacter(character: string, at: number, all: readonly string[]): string {
  if (/[a-z0-9_-]/.test(character)) return character
  if (character === '.' && at > 0 && at < all.length - 1) return character
  return `~${character.codePointAt(0)!.toString(16)}~`
}

/** FNV-1a over 64 bits, in hexadecimal: only tells long names apart. */
function hashOf(text: string): string {
  let hash = 0xcbf29ce484222325n
  for (const unit of text) {
    hash ^= BigInt(unit.codePointAt(0)!)
    hash = BigInt.asUintN(64, hash * 0x100000001b3n)
  }
  return hash.toString(16).padStart(16, '0').slice(0, 8)
}

/** A link from one address to another, relative, so that the site works below any folder and from a file: `../model/a.html`. */
export function linkBetween(from: string, to: string, ending = '.html'): string {
  return `${rootFrom(from)}${to}${ending}`
}

/** The way from a page's folder to the site's root: empty or `../`. */
export function rootFrom(address: string): string {
  return '../'.repeat(address.split('/').length - 1)
}
