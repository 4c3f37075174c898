// Lists: headlines, and feeds by name. No I/O.

import { articlePath } from '../articles/article.ts'
import { feedPath } from '../feeds/feed.ts'
import type { Headline, NamedFeed } from '../feeds/listing-store.ts'
import { dayOf, Time } from './time.tsx'
import { link, type View } from './view.ts'

type HeadlinesProps = {
  readonly view: View
  readonly headlines: readonly Headline[]
  /** Not where all are of one. */
  readonly withSource: boolean
}

/** Headlines under their days. All days are those of one clock, the newest article's: else they would mix. */
export function HeadlinesByDay({ view, headlines, withSource }: HeadlinesProps) {
  const utcOffsetMinutes = headlines[0]?.utcOffsetMinutes ?? 0
  const days = Map.groupBy(headlines, ({ publishedAt }) =>
    view.words.day(dayOf({ seconds: publishedAt, utcOffsetMinutes }))
  )
  return (
    <>
      {[...days].map(([day, ofDay]) => (
        <section>
          <h3 class="day">{day}</h3>
          <ul class="plain articles">
            {ofDay.map((headline) => (
              <HeadlineRow {...{ view, headline, withSource, utcOffsetMinutes }} />
            ))}
          </ul>
        </section>
      ))}
    </>
  )
}

type HeadlineRowProps = {
  readonly view: View
  readonly headline: Headline
  readonly withSource: boolean
  readonly utcOffsetMinutes: number
}

function HeadlineRow({ view, headline, withSource, utcOffsetMinutes }: HeadlineRowProps) {
  const { words } = view
  const language = headline.language ?? undefined
  return (
    <li>
      <a href={link(view, articlePath(headline.uuid))} lang={language} dir="auto">
        {headline.title}
      </a>
      {headline.summary && (
        <p lang={language} dir="auto">
          {headline.summary}
        </p>
      )}
      <p class="quiet">
        <Time {...{ words, seconds: headline.publishedAt, utcOffsetMinutes, show: 'clock' }} />
        {withSource && (
          <>
            {' · '}
            <a href={link(view, feedPath({ source: headline.sourceSlug, topic: null }))}>
              {headline.sourceTitle}
            </a>
          </>
        )}
        {headline.isCorrected && ` · ${words.corrected}`}
      </p>
    </li>
  )
}

type FeedsProps = {
  readonly view: View
  readonly feeds: readonly NamedFeed[]
}

/** Feeds as links in a row. */
export function FeedTags({ view, feeds }: FeedsProps) {
  return (
    <ul class="plain tags">
      {feeds.map((feed) => (
        <li>
          <a href={link(view, feed.path)} lang={feed.language ?? undefined}>
            {feed.title}
          </a>
        </li>
      ))}
    </ul>
  )
}

/** How many articles a feed has of each week, oldest first. */
type Weeks = readonly number[]

export type LivelyFeedsProps = FeedsProps & {
  readonly weeks: ReadonlyMap<number, Weeks>
  /** Where counting stopped. */
  readonly countMax: number
}

/** Feeds, and how lively each is. */
export function LivelyFeeds({ view, feeds, weeks, countMax }: LivelyFeedsProps) {
  const counted = (count: number) => (count >= countMax ? `${countMax}+` : String(count))
  return (
    <ul class="plain grid">
      {feeds.map((feed) => {
        const counts = weeks.get(feed.id) ?? []
        return (
          <li>
            <a href={link(view, feed.path)} lang={feed.language ?? undefined}>
              {feed.title}
            </a>
            <div class="lively">
              <Bars counts={counts} label={view.words.weeks(counts.map(counted))} />
              <span>{view.words.recently(counted(counts.at(-1) ?? 0))}</span>
            </div>
          </li>
        )
      })}
    </ul>
  )
}

const bar = { width: 6, gap: 2, height: 20 }

/** A bar for each week. Each feed has its own scale: the bars show its course; the number beside them compares. */
function Bars({ counts, label }: { readonly counts: Weeks; readonly label: string }) {
  const most = Math.max(1, ...counts)
  const width = counts.length * (bar.width + bar.gap) - bar.gap
  const path = counts
    .map((count, index) => {
      // An empty week is a line, so that it is seen to be one.
      const height = Math.max(1, Math.round((bar.height * count) / most))
      return `M${index * (bar.width + bar.gap) + bar.width / 2} ${bar.height}v-${height}`
    })
    .join('')
  return (
    <svg class="bars" role="img" aria-label={label} width={width} height={bar.height}>
      <path d={path} />
    </svg>
  )
}
