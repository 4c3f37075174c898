// A feed's page: how to subscribe, its articles by day, what stands beside it. No I/O.

import { feedPath } from '../feeds/feed.ts'
import type { Headline, NamedFeed } from '../feeds/listing-store.ts'
import type { Source } from '../sources/source.ts'
import type { NamedTopic } from '../topics/topic.ts'
import { Layout } from './layout.tsx'
import { FeedTags, HeadlinesByDay } from './lists.tsx'
import { Republish } from './republish-feed.tsx'
import { Subscribe } from './subscribe.tsx'
import { link, type View } from './view.ts'

/** A feed and whose it is: of a source or of all, on a topic or on all. */
export type ShownFeed = {
  readonly path: string
  readonly title: string
  readonly source: Source | null
  readonly topic: NamedTopic | null
}

export type FeedPageProps = {
  readonly view: View
  readonly feed: ShownFeed
  readonly headlines: readonly Headline[]
  /** Where the next page begins; null on the last one. */
  readonly older: string | null
  readonly neighbours: readonly NamedFeed[]
}

export function FeedPage({ view, feed, headlines, older, neighbours }: FeedPageProps) {
  const { words } = view
  const { source, topic } = feed
  const description = topic?.description ?? source?.description ?? undefined
  const language = (topic?.language ?? source?.language) || undefined
  return (
    <Layout view={view} title={feed.title} description={description} feed={feed}>
      <h1 lang={language}>{feed.title}</h1>
      {description && (
        <p class="lead" lang={language}>
          {description}
        </p>
      )}
      {source && (
        <p>
          <a href={source.homePageUrl}>{new URL(source.homePageUrl).host}</a>
        </p>
      )}
      <section class="panel">
        <h2>{words.subscribe}</h2>
        <Subscribe view={view} path={feed.path} />
      </section>
      <h2>{words.articles}</h2>
      {headlines.length === 0 && <p>{words.noArticles}</p>}
      <HeadlinesByDay view={view} headlines={headlines} withSource={source === null} />
      <Older view={view} path={feed.path} older={older} />
      <Neighbours view={view} feed={feed} neighbours={neighbours} />
      <Republish view={view} feed={feed} headlines={headlines} />
    </Layout>
  )
}

/** A page of older articles. */
export function OlderPage({ view, feed, headlines, older }: Omit<FeedPageProps, 'neighbours'>) {
  const { words } = view
  return (
    <Layout view={view} title={words.olderThan(feed.title)} feed={feed}>
      <h1>{words.olderThan(feed.title)}</h1>
      <p>
        <a href={link(view, feed.path || '/')}>{words.newestPage}</a>
      </p>
      <h2>{words.articles}</h2>
      {headlines.length === 0 && <p>{words.noArticles}</p>}
      <HeadlinesByDay view={view} headlines={headlines} withSource={feed.source === null} />
      <Older view={view} path={feed.path} older={older} />
    </Layout>
  )
}

type OlderProps = { readonly view: View; readonly path: string; readonly older: string | null }

export function Older({ view, path, older }: OlderProps) {
  if (older === null) return null
  return (
    <p>
      <a href={link(view, path || '/', [['before', older]])} rel="next">
        {view.words.older}
      </a>
    </p>
  )
}

type NeighboursProps = Pick<FeedPageProps, 'view' | 'feed' | 'neighbours'>

function Neighbours({ view, feed: { source, topic }, neighbours }: NeighboursProps) {
  const { words } = view
  if (source && topic) {
    return (
      <nav aria-label={words.neighbours}>
        <h2>{words.neighbours}</h2>
        <ul class="plain">
          <li>
            <a href={link(view, feedPath({ source: source.slug, topic: null }))}>
              {words.wholeSource(source.title)}
            </a>
          </li>
          <li>
            <a href={link(view, feedPath({ source: null, topic: topic.slug }))}>
              {words.wholeTopic(topic.title)}
            </a>
          </li>
        </ul>
      </nav>
    )
  }
  if (neighbours.length === 0) return null
  const title = source
    ? words.topicsOfSource(source.title)
    : words.sourcesOfTopic(topic?.title ?? '')
  return (
    <nav aria-label={title}>
      <h2>{title}</h2>
      <FeedTags view={view} feeds={neighbours} />
    </nav>
  )
}
