import { renderToString } from 'preact-render-to-string'
import { contentSecurityPolicy } from './policy.ts'

/** What is shown for an address without a page. Hosts show a static one at any depth, so that it can name no other file then: `root` is
 * undefined. A server knows its root. */
export function renderNotFound(root: string | undefined): string {
  const document = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={contentSecurityPolicy} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>Not found</title>
        {root === undefined ? null : <link rel="stylesheet" href={`${root}assets/site.css`} />}
      </head>
      <body>
        <main>
          <h1>Not found</h1>
          <p>There is no such page. What it was about may have been renamed or removed since.</p>
          {root === undefined ? null : (
            <p>
              <a href={`${root}index.html`}>To the first page</a>
            </p>
          )}
        </main>
      </body>
    </html>
  )
  return `<!doctype html>\n${renderToString(document)}\n`
}
