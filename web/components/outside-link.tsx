import type { JSX } from 'preact'

/** A link that leads out of the site. Anybody may have written it: what is neither http, https nor mail is only text. */
export function OutsideLink({
  href,
  text = href,
}: {
  readonly href: string
  readonly text?: string
}): JSX.Element {
  if (!isSafe(href)) return <>{text}</>
  return (
    <a href={href} rel="noopener noreferrer" target={href.startsWith('mailto:') ? undefined : '_blank'}>
      {text}
    </a>
  )
}

function isSafe(href: string): boolean {
  return /^(?:https?:\/\/[^\s/]|mailto:[^\s?&]+@[^\s?&]+$)/i.test(href)
}
