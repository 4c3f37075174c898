// The home page: which sources and topics this wire carries, and their feeds.

import { feedPath } from '../feeds/feed.ts'
import type { Site } from '../lib/site.ts'
import type { Source } from '../sources/source.ts'
import type { Topic } from '../topics/topic.ts'
import { FeedLinks, Layout } from './layout.tsx'

type HomeProps = {
  readonly site: Site
  readonly sources: readonly Source[]
  readonly topics: readonly Topic[]
}

export function HomePage({ site, sources, topics }: HomeProps) {
  return (
    <Layout site={site} title={site.title} feedPath="">
      <h1>{site.title}</h1>
      <p>{site.description}</p>
      <p>
        Everything: <FeedLinks path="" /> · <a href="/feeds.opml">All feeds (OPML)</a>
      </p>
      <h2>Sources</h2>
      <ul class="list">
        {sources.map((source) => (
          <Row path={feedPath({ source: source.slug, topic: null })} owner={source} />
        ))}
      </ul>
      <h2>Topics</h2>
      <ul class="list">
        {topics.map((topic) => (
          <Row path={feedPath({ source: null, topic: topic.slug })} owner={topic} />
        ))}
      </ul>
    </Layout>
  )
}

type RowProps = { readonly path: string; readonly owner: Source | Topic }

function Row({ path, owner }: RowProps) {
  return (
    <li>
      <a href={path} lang={owner.language ?? undefined}>
        {owner.title}
      </a>
      <FeedLinks path={path} />
    </li>
  )
}
