import type { JSX } from 'preact'
import type { ModelPage } from '../../core/docs/api.ts'

/** Unit tests of a model, and where they stand. */
export function UnitTests({ tests }: { readonly tests: ModelPage['unitTests'] }): JSX.Element {
  return (
    <ul class="checks plain-list">
      {tests.map(({ name, path, description }, index) => (
        <li key={index} class="check">
          <div class="check-head">
            <span class="check-name">{name}</span>
            <span class="mono quiet small">{path}</span>
          </div>
          {description !== undefined && <p class="check-text">{description}</p>}
        </li>
      ))}
    </ul>
  )
}
