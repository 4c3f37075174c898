// What every page shares: the frame, the style sheet, the headers.

import type { Child } from 'hono/jsx'

import { feedUrl } from '../feeds/feed.ts'
import { formats } from '../feeds/formats.ts'
import type { Site } from '../lib/site.ts'

type LayoutProps = {
  readonly site: Site
  readonly title: string
  readonly language?: string | undefined
  /** The path of the feed this page is the twin of, for autodiscovery. */
  readonly feedPath?: string
  readonly canonical?: string
  readonly children?: Child
}

export function Layout({ site, title, language, feedPath, canonical, children }: LayoutProps) {
  return (
    <html lang={language ?? 'en'}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <link rel="stylesheet" href="/style.css" />
        {canonical && <link rel="canonical" href={canonical} />}
        {feedPath !== undefined &&
          formats.map((format) => (
            <link
              rel="alternate"
              type={format.mediaType}
              title={`${title} (${format.name})`}
              href={feedUrl(site.origin, feedPath, format.extension)}
            />
          ))}
      </head>
      <body>
        <header>
          <a href="/">{site.title}</a>
        </header>
        <main>{children}</main>
      </body>
    </html>
  )
}

/** Links to the three documents of a feed. */
export function FeedLinks({ path }: { readonly path: string }) {
  return (
    <span class="feeds">
      {formats.map((format) => (
        <a href={`${path}/feed.${format.extension}`}>{format.name}</a>
      ))}
    </span>
  )
}

export const styleSheet = `:root { color-scheme: light dark; --line: color-mix(in srgb, currentcolor 20%, transparent) }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 44rem; padding: 1rem; font: 1.0625rem/1.6 system-ui, sans-serif; overflow-wrap: break-word }
header { border-bottom: 1px solid var(--line); padding-bottom: .5rem; margin-bottom: 1.5rem; font-weight: 600 }
header a { color: inherit; text-decoration: none }
h1 { line-height: 1.25; font-size: 1.75rem }
h2 { font-size: 1.2rem; margin-top: 2rem }
ul.list { list-style: none; padding: 0 }
ul.list > li { padding: .5rem 0; border-bottom: 1px solid var(--line) }
.feeds a { display: inline-block; margin-inline-start: .75rem; font-size: .9rem }
.meta { opacity: .8; font-size: .9rem }
img, video { max-width: 100%; height: auto }
pre, table { overflow-x: auto; max-width: 100%; display: block }
`
