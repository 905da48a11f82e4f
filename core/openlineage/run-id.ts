import { createHash } from 'node:crypto'

/** Namespace of the ids, drawn once. */
const namespace = Buffer.from('5d0c9b1e6c0b4f0fa3a94f1f0c2e7d86', 'hex')

/** The id that OpenLineage knows something of a run by: a UUID of version 5 (RFC 9562), so that whoever knows the run knows it too. */
export function openLineageRunId(...parts: readonly (string | number)[]): string {
  const hash = createHash('sha1').update(namespace).update(JSON.stringify(parts)).digest()
  hash[6] = (hash[6]! & 0x0f) | 0x50
  hash[8] = (hash[8]! & 0x3f) | 0x80
  const hex = hash.toString('hex').slice(0, 32)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
