// What every page shares: the frame around it, and what its head says. No I/O.

import type { Child } from 'hono/jsx'

import { feedUrl } from '../feeds/feed.ts'
import { formats } from '../feeds/formats.ts'
import { scriptPath, styleSheetPath } from './assets.ts'
import { wordsIn } from './words.ts'
import { canonicalUrl, link, parameterOf, translations, type View } from './view.ts'

/** The feed that a page leads readers to. */
type AdvertisedFeed = { readonly path: string; readonly title: string }

type LayoutProps = {
  readonly view: View
  /** Without the name of the wire, which is added. */
  readonly title: string
  readonly description?: string | undefined
  /** By default that of everything. */
  readonly feed?: AdvertisedFeed | undefined
  /** Where the page's text is at home, when that is elsewhere. */
  readonly canonical?: string | undefined
  readonly isIndexed?: boolean
  /** More for the head. */
  readonly head?: Child
  readonly children?: Child
}

export function Layout(props: LayoutProps) {
  const { view, children } = props
  return (
    <html lang={view.language}>
      <Head {...props} />
      <body>
        <a class="hidden" href="#content">
          {view.words.skipToContent}
        </a>
        <Top view={view} />
        <main id="content">{children}</main>
        <p class="hidden" id="told" role="status"></p>
        <Foot view={view} />
      </body>
    </html>
  )
}

function Head({ view, title, description, feed, canonical, isIndexed = true, head }: LayoutProps) {
  const { site } = view
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{title === site.title ? title : `${title} – ${site.title}`}</title>
      {description && <meta name="description" content={description} />}
      {isIndexed ? (
        <link rel="canonical" href={canonical ?? canonicalUrl(view)} />
      ) : (
        <meta name="robots" content="noindex" />
      )}
      <Autodiscovery origin={site.origin} feed={feed ?? { path: '', title: site.title }} />
      <link rel="stylesheet" href={styleSheetPath} />
      <script src={scriptPath} defer></script>
      {head}
    </head>
  )
}

type AutodiscoveryProps = { readonly origin: string; readonly feed: AdvertisedFeed }

/** How feed readers find the documents of a feed from a page. */
export function Autodiscovery({ origin, feed }: AutodiscoveryProps) {
  return (
    <>
      {formats.map((format) => (
        <link
          rel="alternate"
          type={format.mediaType}
          title={`${feed.title} (${format.name})`}
          href={feedUrl(origin, feed.path, format.extension)}
        />
      ))}
    </>
  )
}

function Top({ view }: { readonly view: View }) {
  const { words } = view
  return (
    <header class="top">
      <a class="brand" href={link(view, '/')}>
        {view.site.title}
      </a>
      <nav aria-label={words.menu}>
        <ul class="plain">
          <li>
            <a href={link(view, '/sources')}>{words.sources}</a>
          </li>
          <li>
            <a href={link(view, '/topics')}>{words.topics}</a>
          </li>
        </ul>
      </nav>
      <SearchForm view={view} />
    </header>
  )
}

function SearchForm({ view }: { readonly view: View }) {
  const { words } = view
  const asked = view.path === '/search' ? (parameterOf(view, 'q') ?? '') : ''
  return (
    <form class="search" action="/search" role="search">
      <input type="search" name="q" value={asked} aria-label={words.searchLabel} maxlength={100} />
      {view.isLanguageChosen && <input type="hidden" name="hl" value={view.language} />}
      <button>{words.search}</button>
    </form>
  )
}

function Foot({ view }: { readonly view: View }) {
  const { words } = view
  return (
    <footer class="foot">
      <p>{words.footer}</p>
      <ul class="plain">
        <li>
          <a href="/feeds.opml">{words.allFeeds}</a>
        </li>
        <li>
          <a href={link(view, '/problems')}>{words.problems}</a>
        </li>
      </ul>
      <nav aria-label={words.interfaceLanguage}>
        <ul class="plain">
          {translations(view).map(({ language, href }) => (
            <li>
              <a
                href={href}
                hreflang={language}
                lang={language}
                aria-current={language === view.language ? 'true' : undefined}
              >
                {wordsIn(language).languageName}
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </footer>
  )
}
