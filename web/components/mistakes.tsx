import type { JSX } from 'preact'
import { useSite } from './site-context.ts'

/** Says that the project has mistakes, so that what is shown may be old or without what is broken. */
export function Mistakes(): JSX.Element | null {
  const { mistakes = [], mistakesLeftOut = 0 } = useSite().info
  if (mistakes.length === 0) return null
  const count = mistakes.length + mistakesLeftOut
  return (
    <details class="mistakes">
      <summary>
        The project has {count === 1 ? 'a mistake' : `${count} mistakes`}; this is what could be understood of
        it
      </summary>
      <ul>
        {mistakes.map((mistake) => (
          <li key={`${mistake.code} ${mistake.place} ${mistake.message}`}>
            <code>{mistake.code}</code> {mistake.message}
            {mistake.place === undefined ? null : (
              <>
                {' '}
                <span class="mistake-place">{mistake.place}</span>
              </>
            )}
          </li>
        ))}
      </ul>
      {mistakesLeftOut > 0 ? (
        <p>
          {mistakesLeftOut} more: see <code>sluice validate</code>.
        </p>
      ) : null}
    </details>
  )
}
