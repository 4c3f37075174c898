// The search for people. What it finds is a feed like any other, and can be followed. No I/O.

import { feedAddressPath, type FeedAddress } from '../feeds/address.ts'
import type { Headline } from '../feeds/listing-store.ts'
import { Layout } from './layout.tsx'
import { HeadlinesByDay } from './lists.tsx'
import { Addresses } from './subscribe.tsx'
import { parameterOf, type View } from './view.ts'

/** What was found, and the feed of it; null where the words cannot be searched for. */
type Found = {
  readonly address: FeedAddress
  readonly headlines: readonly Headline[]
} | null

type SearchPageProps = {
  readonly view: View
  readonly found: Found
  /** More than these are not shown. */
  readonly limit: number
}

export function SearchPage({ view, found, limit }: SearchPageProps) {
  const { words } = view
  const asked = parameterOf(view, 'q')
  return (
    <Layout
      view={view}
      title={asked === null ? words.search : words.searchFor(asked)}
      isIndexed={false}
    >
      <h1>{asked === null ? words.search : words.searchFor(asked)}</h1>
      <p class="quiet">{words.searchHint}</p>
      {found === null ? (
        asked !== null && <p role="alert">{words.cannotSearch}</p>
      ) : (
        <Results {...{ view, ...found, limit }} />
      )}
    </Layout>
  )
}

type ResultsProps = NonNullable<Found> & { readonly view: View; readonly limit: number }

function Results({ view, address, headlines, limit }: ResultsProps) {
  const { words, site } = view
  if (headlines.length === 0) return <p>{words.nothingFound}</p>
  return (
    <>
      <p>{words.found(headlines.length, headlines.length < limit)}</p>
      <h2>{words.articles}</h2>
      <HeadlinesByDay view={view} headlines={headlines} withSource />
      <section class="panel">
        <h2>{words.subscribe}</h2>
        <p>{words.searchFeed}</p>
        <Addresses
          words={words}
          of={(extension) => site.origin + feedAddressPath({ ...address, extension })}
        />
      </section>
    </>
  )
}
