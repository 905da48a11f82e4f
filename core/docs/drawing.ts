/** Where everything of a graph's view stands, in pixels at scale 1; the view's corner is 0, 0. */
export interface GraphDrawing {
  readonly width: number
  readonly height: number
  readonly boxes: readonly DrawnBox[]
  readonly lines: readonly DrawnLine[]
}

export interface DrawnBox {
  /** The node's name; of a folder `folder:NAME`. */
  readonly id: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** Rows below the title: names of the columns that are shown; `y` is the row's middle, below the box's top. */
  readonly rows?: readonly { readonly name: string; readonly y: number }[]
}

export interface DrawnLine {
  readonly from: string
  readonly to: string
  /** Columns that it joins, where it is one of column lineage. */
  readonly fromColumn?: string
  readonly toColumn?: string
  /** Corners from the start to the end. */
  readonly points: readonly (readonly [x: number, y: number])[]
}
