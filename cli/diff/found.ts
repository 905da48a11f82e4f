import type { DataDiff } from '../../core/diff/data.ts'
import type { ProjectDiff } from '../../core/diff/difference.ts'
import type { Base } from './base.ts'
import type { FoundVolume } from './volume.ts'

/** All that `sluice diff` found, for those that print it. */
export interface Found {
  readonly base: Pick<Base, 'label' | 'origin'>
  readonly target: string
  readonly diff: ProjectDiff
  readonly volume: FoundVolume
  /** Of `--data`. */
  readonly data: readonly DataDiff[]
  /** Between what changed and what is hit. */
  readonly edges: readonly (readonly [upstream: string, downstream: string])[]
}
