// A feed's page: the newest articles for people.

import type { Feed, FeedEntry } from '../feeds/feed.ts'
import { formatRfc3339 } from '../lib/time.ts'
import type { Site } from '../lib/site.ts'
import { FeedLinks, Layout } from './layout.tsx'

type FeedPageProps = { readonly site: Site; readonly feed: Feed; readonly path: string }

export function FeedPage({ site, feed, path }: FeedPageProps) {
  return (
    <Layout site={site} title={feed.title} language={feed.language ?? undefined} feedPath={path}>
      <h1>{feed.title}</h1>
      <p>{feed.description}</p>
      <p>
        Subscribe: <FeedLinks path={path} />
      </p>
      <ul class="list">
        {feed.entries.map((entry) => (
          <EntryRow entry={entry} />
        ))}
      </ul>
    </Layout>
  )
}

function EntryRow({ entry }: { readonly entry: FeedEntry }) {
  return (
    <li lang={entry.language ?? undefined}>
      <a href={`/articles/${entry.uuid}`}>{entry.title}</a>
      <div class="meta">
        {entry.source.title} ·{' '}
        <Time seconds={entry.publishedAt} utcOffsetMinutes={entry.utcOffsetMinutes} />
      </div>
    </li>
  )
}

type TimeProps = { readonly seconds: number; readonly utcOffsetMinutes?: number }

/** A moment as the publisher's clock showed it. */
export function Time({ seconds, utcOffsetMinutes }: TimeProps) {
  const text = formatRfc3339(seconds, utcOffsetMinutes)
  return <time datetime={text}>{text.slice(0, 16).replace('T', ' ')}</time>
}
