/** What is to be laid out, in the words of no engine and no page. */
export interface LayoutRequest {
  /** In an order that means something (upstream first): it decides ties. Ids are unique. */
  readonly boxes: readonly LayoutBox[]
  /** Between ids of boxes; a line from a box to itself, or to one that is not there, is left out. */
  readonly lines: readonly LayoutLine[]
}

export interface LayoutBox {
  readonly id: string
  /** In pixels, rows included. */
  readonly width: number
  readonly height: number
  /** Where lines without a column end, below the box's top; left out: the middle of the box. */
  readonly portY?: number
  /** Columns that are shown: `y` is the row's middle, below the box's top. */
  readonly rows?: readonly { readonly name: string; readonly y: number }[]
}

export interface LayoutLine {
  readonly from: string
  readonly to: string
  /** Names of rows of the boxes; of one that has no such row the line ends at the box. */
  readonly fromColumn?: string
  readonly toColumn?: string
}
