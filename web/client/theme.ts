// Runs before the page is painted, so that a chosen theme does not flash, and what needs scripts is there from the start.
document.documentElement.dataset.live = ''
try {
  const theme = localStorage.getItem('sluice-theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage may be forbidden: the system's theme then counts.
}

export {}
