// The box for other sites: headlines in a frame, and the line that puts it there. No I/O.

import type { Headline } from '../feeds/listing-store.ts'
import { escapeAttribute } from '../lib/xml.ts'
import { boxItems, boxThemes, readBoxItems } from './address.ts'
import { styleSheetPath } from './assets.ts'
import type { ShownFeed } from './feed.tsx'
import { Autodiscovery } from './layout.tsx'
import { Time } from './time.tsx'
import { parameterOf, type View } from './view.ts'

export type BoxOptions = {
  readonly items: number
  readonly theme: (typeof boxThemes)[number]
}

/** What the address asks for; what makes no sense is as good as absent. */
export function readBoxOptions(view: View): BoxOptions {
  return {
    items: readBoxItems(parameterOf(view, 'items') ?? '') ?? boxItems.usual,
    theme: boxThemes.find((theme) => theme === parameterOf(view, 'theme')) ?? 'auto',
  }
}

type EmbedPageProps = {
  readonly view: View
  readonly feed: ShownFeed
  readonly headlines: readonly Headline[]
  readonly options: BoxOptions
}

// Links leave the frame: the headline for the publisher's page, the title for the feed's page here.
export function EmbedPage({ view, feed, headlines, options }: EmbedPageProps) {
  const { words, site, language } = view
  return (
    <html lang={language} data-theme={options.theme}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        {/* CSS Box Sizing 4, responsive iframes: the page around may size the frame by this document. */}
        <meta name="responsive-embedded-sizing" content="allow-origins=*" />
        <meta name="robots" content="noindex" />
        <title>{feed.title}</title>
        <Autodiscovery origin={site.origin} feed={feed} />
        <link rel="stylesheet" href={styleSheetPath} />
      </head>
      <body class="box">
        <main>
          <h1>
            <a href={`${site.origin}${feed.path || '/'}`} target="_blank">
              {feed.title}
            </a>
          </h1>
          {headlines.length === 0 && <p>{words.noArticles}</p>}
          <ul class="plain articles">
            {headlines.map((headline) => (
              <BoxRow view={view} headline={headline} withSource={feed.source === null} />
            ))}
          </ul>
        </main>
      </body>
    </html>
  )
}

type BoxRowProps = {
  readonly view: View
  readonly headline: Headline
  readonly withSource: boolean
}

function BoxRow({ view: { words }, headline, withSource }: BoxRowProps) {
  const { url, title, language, publishedAt: seconds, utcOffsetMinutes } = headline
  return (
    <li>
      <a href={url} target="_blank" lang={language ?? undefined} dir="auto">
        {title}
      </a>
      <p class="quiet">
        {withSource && `${headline.sourceTitle} · `}
        <Time {...{ words, seconds, utcOffsetMinutes, show: 'date' }} />
      </p>
    </li>
  )
}

export function embedPath(feedPath: string): string {
  return `${feedPath}/embed`
}

/**
 * The line for a partner's page. The frame is as tall as its content where CSS can (`frame-sizing`),
 * elsewhere as five headlines usually need; a fixed height would switch the former off.
 */
export function boxCode({ site, language }: View, feed: ShownFeed): string {
  const address = `${site.origin}${embedPath(feed.path)}?items=${boxItems.usual}&theme=auto&hl=${language}`
  const style = 'width:100%;min-height:26rem;border:0;frame-sizing:content-height'
  return `<iframe src="${escapeAttribute(address)}" title="${escapeAttribute(feed.title)}" style="${style}" loading="lazy"></iframe>`
}
