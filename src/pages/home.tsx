// The home page: what this wire carries, how to subscribe, and the newest articles. No I/O.

import type { FeedPageProps } from './feed.tsx'
import { Older } from './feed.tsx'
import { Layout } from './layout.tsx'
import { HeadlinesByDay, LivelyFeeds, type LivelyFeedsProps } from './lists.tsx'
import { Republish } from './republish-feed.tsx'
import { Subscribe } from './subscribe.tsx'
import { link, type View } from './view.ts'

type Lively = Omit<LivelyFeedsProps, 'view'>

type HomePageProps = Omit<FeedPageProps, 'neighbours'> & {
  readonly sources: Lively
  readonly topics: Lively
}

export function HomePage({ view, feed, headlines, older, sources, topics }: HomePageProps) {
  const { site, words } = view
  return (
    <Layout view={view} title={site.title} description={site.description}>
      <h1>{site.title}</h1>
      <p class="lead">{site.description}</p>
      <p>{words.lead}</p>
      <HowToSubscribe view={view} />
      <Carried view={view} title={words.sources} path="/sources" lively={sources} />
      <Carried view={view} title={words.topics} path="/topics" lively={topics} />
      <h2>{words.newest}</h2>
      {headlines.length === 0 && <p>{words.noArticles}</p>}
      <HeadlinesByDay view={view} headlines={headlines} withSource />
      <Older view={view} path="" older={older} />
      <section class="panel" id="everything">
        <h2>{words.everyArticle}</h2>
        <Subscribe view={view} path="" />
      </section>
      <Republish view={view} feed={feed} headlines={headlines} />
    </Layout>
  )
}

function HowToSubscribe({ view: { words } }: { readonly view: View }) {
  return (
    <section class="panel">
      <h2>{words.howToSubscribe}</h2>
      <ol class="steps">
        {words.subscribeSteps.map((step) => (
          <li>{step}</li>
        ))}
      </ol>
      <p>
        <a href="#everything">{words.everyArticle}</a>
      </p>
      <p>
        {words.allAtOnce} <a href="/feeds.opml">feeds.opml</a>
      </p>
    </section>
  )
}

type CarriedProps = {
  readonly view: View
  readonly title: string
  readonly path: string
  readonly lively: Lively
}

function Carried({ view, title, path, lively }: CarriedProps) {
  const { words } = view
  return (
    <section>
      <h2>{title}</h2>
      {lively.feeds.length === 0 && <p>{words.noSources}</p>}
      <LivelyFeeds view={view} {...lively} />
      <p>
        <a href={link(view, path)}>{path === '/sources' ? words.allSources : words.allTopics}</a>
      </p>
    </section>
  )
}
