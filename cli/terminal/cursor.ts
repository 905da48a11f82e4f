import type { Output } from './terminal.ts'

let isHidden = false

/** Hides the cursor, which would jump about in a region that is redrawn. */
export function hideCursor(output: Output): void {
  if (isHidden) return
  isHidden = true
  output.write('\u001b[?25l')
}

/** Shows the cursor again if it was hidden; safe at any time, also while the process is ending. */
export function restoreCursor(output: Output): void {
  if (!isHidden) return
  isHidden = false
  output.write('\u001b[?25h')
}
