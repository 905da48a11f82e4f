import { splitHeader } from '../../core/config/header.ts'

/** An SQL file in its parts; joined they are the file again. */
export interface SourceParts {
  /** The leading comment that holds the configuration, with its marks; empty if there is none. */
  readonly header: string
  readonly body: string
}

export function sourceParts(source: string): SourceParts {
  const split = splitHeader(source)
  if (split.kind !== 'header') return { header: '', body: source }
  return { header: source.slice(0, split.bodyStart), body: source.slice(split.bodyStart) }
}

export type HeaderPieceKind = 'plain' | 'key' | 'comment'

export interface HeaderPiece {
  readonly kind: HeaderPieceKind
  readonly text: string
}

/** The header in pieces that look different: keys of its YAML and what is comment. */
export function headerPieces(header: string): readonly HeaderPiece[] {
  return header.split(/(?<=\n)/).flatMap(linePieces)
}

function linePieces(line: string): readonly HeaderPiece[] {
  if (/^\s*(?:\/\*---|---\*\/|#)/.test(line)) return [{ kind: 'comment', text: line }]
  const key = /^([\s-]*)([\w.]+)(?=:)/.exec(line)
  if (key === null) return [{ kind: 'plain', text: line }]
  const pieces: readonly HeaderPiece[] = [
    { kind: 'plain', text: key[1]! },
    { kind: 'key', text: key[2]! },
    { kind: 'plain', text: line.slice(key[0].length) },
  ]
  return pieces.filter((piece) => piece.text !== '')
}
