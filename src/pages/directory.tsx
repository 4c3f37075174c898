// All sources, or all topics, page by page. No I/O.

import { Layout } from './layout.tsx'
import { LivelyFeeds, type LivelyFeedsProps } from './lists.tsx'
import { link, type View } from './view.ts'

type DirectoryPageProps = {
  readonly view: View
  readonly title: string
  readonly lively: Omit<LivelyFeedsProps, 'view'>
  /** The slug after which the next page begins; null on the last one. */
  readonly next: string | null
}

export function DirectoryPage({ view, title, lively, next }: DirectoryPageProps) {
  return (
    <Layout view={view} title={title}>
      <h1>{title}</h1>
      {lively.feeds.length === 0 && <p>{view.words.noSources}</p>}
      <LivelyFeeds view={view} {...lively} />
      {next !== null && (
        <p>
          <a href={link(view, view.path, [['after', next]])} rel="next">
            {view.words.next}
          </a>
        </p>
      )}
    </Layout>
  )
}
