// The pages over HTTP.

import { Hono, type Context } from 'hono'
import { html } from 'hono/html'
import type { JSX } from 'hono/jsx/jsx-runtime'

import { findArticle } from '../articles/store.ts'
import { feedPath, type FeedKey } from '../feeds/feed.ts'
import { findDocument, loadDocument } from '../feeds/document.ts'
import { selectionOf } from '../feeds/selection.ts'
import { Problem } from '../lib/problem.ts'
import { siteOf } from '../lib/site.ts'
import { findSources, listSources } from '../sources/store.ts'
import { listPublicTopics } from '../topics/store.ts'
import { ArticlePage, WithdrawnPage } from './article.tsx'
import { FeedPage } from './feed.tsx'
import { HomePage } from './home.tsx'
import { styleSheet } from './layout.tsx'
import { ProblemsPage } from './problems.tsx'

type PageContext = Context<{ Bindings: Env }>

export const pageRoutes = new Hono<{ Bindings: Env }>()

// Nothing but text, our own style sheet, and the pictures and sounds of the articles.
const contentSecurityPolicy =
  "default-src 'none'; style-src 'self'; img-src https: http:; media-src https: http:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const listedMax = 500

pageRoutes.use(async (c, next) => {
  await next()
  if (!c.res.headers.get('Content-Type')?.startsWith('text/html')) return
  c.header('Content-Security-Policy', contentSecurityPolicy)
  if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'public, max-age=60')
})

pageRoutes.get('/style.css', (c) =>
  c.text(styleSheet, 200, {
    'Content-Type': 'text/css; charset=utf-8',
    'Cache-Control': 'public, max-age=3600',
  })
)

pageRoutes.get('/', async (c) => {
  const [sources, topics] = await Promise.all([
    listSources(c.env.DB, '', listedMax),
    listPublicTopics(c.env.DB, listedMax),
  ])
  return page(c, <HomePage site={siteOf(c.env, c.req.url)} sources={sources} topics={topics} />)
})

pageRoutes.get('/sources/:source', (c) =>
  feedPage(c, { source: c.req.param('source'), topic: null })
)
pageRoutes.get('/topics/:topic', (c) => feedPage(c, { source: null, topic: c.req.param('topic') }))
pageRoutes.get('/sources/:source/topics/:topic', (c) =>
  feedPage(c, { source: c.req.param('source'), topic: c.req.param('topic') })
)

pageRoutes.get('/articles/:uuid', async (c) => {
  const article = await findArticle(c.env.DB, c.req.param('uuid'))
  if (!article) throw new Problem('not-found', 'There is no such article.')
  const site = siteOf(c.env, c.req.url)
  if ('status' in article) return page(c, <WithdrawnPage site={site} withdrawn={article} />, 410)
  const source = (await findSources(c.env.DB, [article.sourceId])).get(article.sourceId)
  if (!source) throw new Error(`article ${article.uuid} has no source`)
  return page(c, <ArticlePage site={site} article={article} source={source} />)
})

pageRoutes.get('/problems', (c) => page(c, <ProblemsPage site={siteOf(c.env, c.req.url)} />))

async function feedPage(c: PageContext, key: FeedKey): Promise<Response> {
  const address = {
    selection: selectionOf(key),
    extension: 'rss',
    content: 'summary',
    limit: null,
    archive: null,
  } as const
  const state = await findDocument(c.env.DB, address)
  if (state === 'gone') throw new Problem('gone', 'This source left the wire.')
  if (typeof state === 'string')
    throw new Problem('not-found', `There is nothing at ${c.req.path}.`)
  const site = siteOf(c.env, c.req.url)
  const feed = await loadDocument(c.env.DB, state, site)
  return page(c, <FeedPage site={site} feed={feed} path={feedPath(key)} />)
}

function page(c: PageContext, content: JSX.Element, status: 200 | 410 = 200) {
  return c.html(html`<!doctype html>${content}`, status)
}
