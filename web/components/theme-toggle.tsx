import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'

const themes = ['system', 'light', 'dark'] as const
type Theme = (typeof themes)[number]

const icons: Readonly<Record<Theme, string>> = {
  system: 'M1.5 2.5h11v7h-11zM5 12.5h4M7 9.5v3',
  light:
    'M7 4.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM7 .8v1.4M7 11.8v1.4M.8 7h1.4M11.8 7h1.4M2.6 2.6l1 1M10.4 10.4l1 1M11.4 2.6l-1 1M3.6 10.4l-1 1',
  dark: 'M11.8 8.4A5.2 5.2 0 0 1 5.6 2.2a5.2 5.2 0 1 0 6.2 6.2z',
}

/** Chooses the system's theme, light or dark; kept for all pages (client/theme.ts applies it before a page is painted). */
export function ThemeToggle(): JSX.Element {
  const [theme, setTheme] = useState<Theme>('system')
  useEffect(() => setTheme(chosenTheme()), [])
  const next = themes[(themes.indexOf(theme) + 1) % themes.length]!
  const change = (): void => {
    apply(next)
    setTheme(next)
  }
  return (
    <button
      type="button"
      class="theme-button needs-script"
      onClick={change}
      title={`Theme: ${theme}`}
      aria-label={`Theme: ${theme}. Change to ${next}`}
    >
      <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true" class="line-icon">
        <path d={icons[theme]} />
      </svg>
    </button>
  )
}

function chosenTheme(): Theme {
  const { theme } = document.documentElement.dataset
  return theme === 'light' || theme === 'dark' ? theme : 'system'
}

function apply(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  try {
    if (theme === 'system') localStorage.removeItem('sluice-theme')
    else localStorage.setItem('sluice-theme', theme)
  } catch {
    // Storage may be forbidden: the theme then lasts as long as the page.
  }
}
