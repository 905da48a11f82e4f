import { Component, type ComponentChildren } from 'preact'

interface BoundaryProps {
  readonly children: ComponentChildren
  /** Once, after an error of anything inside. */
  readonly onError: (error: unknown) => void
}

/** Shows nothing more after an error inside, and tells of it. */
export class Boundary extends Component<BoundaryProps, { readonly isBroken: boolean }> {
  override state = { isBroken: false }

  static override getDerivedStateFromError(): { readonly isBroken: boolean } {
    return { isBroken: true }
  }

  override componentDidCatch(error: unknown): void {
    this.props.onError(error)
  }

  override render({ children }: BoundaryProps): ComponentChildren {
    return this.state.isBroken ? null : children
  }
}
