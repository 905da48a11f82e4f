/** Beside `sluice.yml`; `sluice sources pull` writes it and people commit it. */
export const capturedFile = 'sources.columns.yml'
