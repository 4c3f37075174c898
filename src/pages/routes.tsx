// The pages over HTTP.

import { Hono } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'

import type { Article } from '../articles/article.ts'
import { findArticle, findArticleRevision } from '../articles/store.ts'
import { parseFeedUrl, type FeedAddress } from '../feeds/address.ts'
import { archiveTag, directoryTag, feedTag } from '../feeds/edge.ts'
import { feedPath, type FeedKey } from '../feeds/feed.ts'
import { findLastChange } from '../feeds/listing-store.ts'
import { findFeed, type FeedState } from '../feeds/store.ts'
import { Problem } from '../lib/problem.ts'
import { shortHash } from '../lib/short-hash.ts'
import { epochDay, epochSeconds } from '../lib/time.ts'
import type { Source } from '../sources/source.ts'
import { findSources } from '../sources/store.ts'
import { show, showGone, viewFor, type PageContext } from './answer.tsx'
import { ArticlePage, WithdrawnPage } from './article.tsx'
import { script, styleSheet } from './assets.ts'
import { DirectoryPage } from './directory.tsx'
import { EmbedPage, readBoxOptions } from './embed.tsx'
import { FeedPage, OlderPage } from './feed.tsx'
import { HomePage } from './home.tsx'
import {
  foundMax,
  loadDirectory,
  loadFound,
  loadHeadlines,
  loadHome,
  loadNeighbours,
  loadShownFeed,
  parsePlace,
} from './load.ts'
import { ProblemsPage } from './problems.tsx'
import { RepublishPage } from './republish.tsx'
import { SearchPage } from './search.tsx'
import { parameterOf, type View } from './view.ts'

export const pageRoutes = new Hono<{ Bindings: Env }>()

pageRoutes.get('/style.css', (c) => asset(c, 'text/css', styleSheet))
pageRoutes.get('/page.js', (c) => asset(c, 'text/javascript', script))

pageRoutes.get('/', (c) => feedPage(c, { source: null, topic: null }))
pageRoutes.get('/sources/:source', (c) => feedPage(c, keyOf(c)))
pageRoutes.get('/topics/:topic', (c) => feedPage(c, keyOf(c)))
pageRoutes.get('/sources/:source/topics/:topic', (c) => feedPage(c, keyOf(c)))

pageRoutes.get('/embed', (c) => embedPage(c, { source: null, topic: null }))
pageRoutes.get('/sources/:source/embed', (c) => embedPage(c, keyOf(c)))
pageRoutes.get('/topics/:topic/embed', (c) => embedPage(c, keyOf(c)))
pageRoutes.get('/sources/:source/topics/:topic/embed', (c) => embedPage(c, keyOf(c)))

pageRoutes.get('/sources', (c) => directoryPage(c, 'sources'))
pageRoutes.get('/topics', (c) => directoryPage(c, 'topics'))

pageRoutes.get('/search', (c) => searchPage(c))

pageRoutes.get('/articles/:uuid', (c) => articlePage(c, (props) => <ArticlePage {...props} />))
pageRoutes.get('/articles/:uuid/republish', (c) =>
  articlePage(c, (props) => <RepublishPage {...props} />)
)

pageRoutes.get('/problems', (c) => {
  const view = viewFor(c)
  return show(c, view, { revision: ['problems'], content: () => <ProblemsPage view={view} /> })
})

function keyOf(c: PageContext): FeedKey {
  return { source: c.req.param('source') ?? null, topic: c.req.param('topic') ?? null }
}

// Existence before 304: a page of what is gone must say so.
async function presentFeed(c: PageContext, key: FeedKey): Promise<FeedState> {
  const state = await findFeed(c.env.DB, feedPath(key))
  if (!state) throw new Problem('not-found', `There is nothing at ${c.req.path}.`)
  if (state.goneAt !== null) throw new Problem('gone', 'This source left the wire.')
  return state
}

function tagsOf(path: string): string[] {
  return [feedTag(path), archiveTag(path)]
}

// Pages show articles of any age.
function revisionOf({ revision, changedAt, historyRevision }: FeedState): readonly number[] {
  return [revision, changedAt, historyRevision]
}

async function feedPage(c: PageContext, key: FeedKey): Promise<Response> {
  const state = await presentFeed(c, key)
  const view = viewFor(c, 'before')
  const before = parameterOf(view, 'before')
  if (before !== null) return olderPage(c, view, { state, before })
  if (state.path === '') return homePage(c, view, state)
  return show(c, view, {
    revision: revisionOf(state),
    tags: tagsOf(state.path),
    content: async () => {
      const [feed, page, neighbours] = await Promise.all([
        loadShownFeed(c.env.DB, state, view.site),
        loadHeadlines(c.env.DB, state, null),
        loadNeighbours(c.env.DB, state),
      ])
      return <FeedPage {...{ view, feed, ...page, neighbours }} />
    },
  })
}

type OlderAsked = { readonly state: FeedState; readonly before: string }

function olderPage(c: PageContext, view: View, { state, before }: OlderAsked): Promise<Response> {
  const place = parsePlace(before)
  if (!place) throw new Problem('not-found', '"before" is no place in this list.')
  return show(c, view, {
    revision: revisionOf(state),
    tags: tagsOf(state.path),
    content: async () => {
      const [feed, page] = await Promise.all([
        loadShownFeed(c.env.DB, state, view.site),
        loadHeadlines(c.env.DB, state, place),
      ])
      return <OlderPage {...{ view, feed, ...page }} />
    },
  })
}

async function homePage(c: PageContext, view: View, state: FeedState): Promise<Response> {
  const day = epochDay(epochSeconds())
  return show(c, view, {
    revision: [...revisionOf(state), await findLastChange(c.env.DB), day],
    tags: [...tagsOf(''), directoryTag],
    content: async () => {
      const feed = { path: '', title: view.site.title, source: null, topic: null }
      return <HomePage {...{ view, feed, ...(await loadHome(c.env.DB, state, day)) }} />
    },
  })
}

async function directoryPage(c: PageContext, of: 'sources' | 'topics'): Promise<Response> {
  // A source that leaves raises the revision of the feed of everything, and is no last change itself.
  const state = await presentFeed(c, { source: null, topic: null })
  const view = viewFor(c, 'after')
  const day = epochDay(epochSeconds())
  const after = parameterOf(view, 'after') ?? ''
  return show(c, view, {
    revision: [...revisionOf(state), await findLastChange(c.env.DB), day],
    tags: [...tagsOf(''), directoryTag],
    content: async () => {
      const found = await loadDirectory(c.env.DB, { of, after, day })
      return <DirectoryPage view={view} title={view.words[of]} {...found} />
    },
  })
}

async function searchPage(c: PageContext): Promise<Response> {
  const state = await presentFeed(c, { source: null, topic: null })
  const view = viewFor(c, 'q')
  const address = searchAddress(parameterOf(view, 'q'))
  return show(c, view, {
    revision: revisionOf(state),
    tags: tagsOf(state.path),
    content: async () => {
      const headlines = address && (await loadFound(c.env.DB, address.selection))
      const found = address && headlines ? { address, headlines } : null
      return <SearchPage view={view} found={found} limit={foundMax} />
    },
  })
}

/** The feed of what is asked for; null when nothing is, or nothing that can be searched for. */
function searchAddress(words: string | null): FeedAddress | null {
  if (words === null) return null
  try {
    return parseFeedUrl(new URL(`feed.rss?q=${encodeURIComponent(words)}`, 'https://any.example/'))
  } catch (error) {
    if (error instanceof Problem && error.code === 'invalid-query') return null
    throw error
  }
}

async function embedPage(c: PageContext, key: FeedKey): Promise<Response> {
  const state = await presentFeed(c, key)
  const view = viewFor(c, 'items', 'theme')
  const options = readBoxOptions(view)
  return show(c, view, {
    revision: revisionOf(state),
    tags: tagsOf(state.path),
    isBox: true,
    content: async () => {
      const [feed, { headlines }] = await Promise.all([
        loadShownFeed(c.env.DB, state, view.site),
        loadHeadlines(c.env.DB, state, null, options.items),
      ])
      return <EmbedPage {...{ view, feed, headlines, options }} />
    },
  })
}

type ArticleContent = (props: { view: View; article: Article; source: Source }) => JSX.Element

async function articlePage(c: PageContext, content: ArticleContent): Promise<Response> {
  const view = viewFor(c)
  const uuid = c.req.param('uuid') ?? ''
  const known = await findArticleRevision(c.env.DB, uuid)
  if (known) {
    const { revision, versionAt, credit, sourceSlug } = known
    return show(c, view, {
      revision: [revision, versionAt, shortHash(credit).toString(36)],
      // Whatever happens to an article happens to its source's feed, or to the archives of that.
      tags: tagsOf(feedPath({ source: sourceSlug, topic: null })),
      content: async () => content({ view, ...(await presentArticle(c, uuid)) }),
    })
  }
  const withdrawn = await findArticle(c.env.DB, uuid)
  if (!withdrawn || !('status' in withdrawn)) {
    throw new Problem('not-found', 'There is no such article.')
  }
  return showGone(c, view, <WithdrawnPage view={view} withdrawn={withdrawn} />)
}

async function presentArticle(c: PageContext, uuid: string) {
  const article = await findArticle(c.env.DB, uuid)
  const sourceId = article && 'sourceId' in article ? article.sourceId : 0
  const source = (await findSources(c.env.DB, [sourceId])).get(sourceId)
  // It was withdrawn this very moment.
  if (!article || !('guid' in article) || !source) throw new Problem('gone', 'It was withdrawn.')
  return { article, source }
}

function asset(c: PageContext, type: string, text: string): Response {
  return c.body(text, 200, {
    'Content-Type': `${type}; charset=utf-8`,
    'Cache-Control': 'public, max-age=86400',
  })
}
