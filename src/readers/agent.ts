// Who asks, as it says itself in its User-Agent. Nobody vouches for it: what is made of it must be
// harmless whatever it says. No I/O.

/**
 * `service`: one request reads for many, and says for how many. `app`: a program of one person, or of
 * a household's server. `other`: somebody, but nobody knows whether a reader: a browser, a script.
 */
export type AgentKind = 'service' | 'app' | 'other'

export type Agent = {
  readonly name: string
  readonly kind: AgentKind
  /** Of a service: for how many it reads; of the others 1. */
  readonly readers: number
  /** What a service calls the feed, '' when it does not say. */
  readonly feedId: string
}

// [what the User-Agent contains, in lower case; its name]. Where two would match, the first counts:
// Feedly says it is "like FeedFetcher-Google". The strings were looked up in November 2026 in
//   Buttondown, https://docs.buttondown.com/rss-subscribers (Feedbin, Feedly, NewsBlur, Inoreader,
//     The Old Reader, BazQux, Dreamwidth)
//   Inoreader, https://www.inoreader.com/feed-fetcher
//   Overcast, https://overcast.fm/podcasterinfo
//   PlainFeeder, https://www.plainfeeder.com/about
//   Feedsubs, https://pypi.org/project/feedsubs/ (its page about its fetcher)
//   Feedfetcher, https://developers.google.com/crawling/docs/crawlers-fetchers/feedfetcher
//   Netvibes, livedoor, Hanrss: https://github.com/lethain/apache-log-parser
const services: readonly (readonly [string, string])[] = [
  ['feedbin', 'Feedbin'],
  ['feedly', 'Feedly'],
  ['inoreader', 'Inoreader'],
  ['newsblur', 'NewsBlur'],
  ['theoldreader', 'The Old Reader'],
  ['bazqux', 'BazQux'],
  ['overcast', 'Overcast'],
  ['dreamwidth', 'Dreamwidth'],
  ['livejournal', 'LiveJournal'],
  ['netvibes', 'Netvibes'],
  ['feedhq', 'FeedHQ'],
  ['plainfeeder', 'PlainFeeder'],
  ['feedsubs', 'Feedsubs'],
  ['feed wrangler', 'Feed Wrangler'],
  ['bloglovin', 'Bloglovin’'],
  ['livedoor feedfetcher', 'livedoor Reader'],
  ['hanrss', 'HanRSS'],
  ['freshreader', 'Fresh Reader'],
  ['feedfetcher-google', 'Google Feedfetcher'],
]

// Their own strings, as they stand in the logs that these pages show:
//   https://boehs.org/node/rsslytics, https://lawtee.com/en/article/estimate-rss-subscribers-from-vps-logs
// and for NetNewsWire its Info.plist, https://github.com/Ranchero-Software/NetNewsWire
const apps: readonly (readonly [string, string])[] = [
  ['netnewswire', 'NetNewsWire'],
  ['newsboat', 'Newsboat'],
  ['miniflux', 'Miniflux'],
  ['freshrss', 'FreshRSS'],
  ['tiny tiny rss', 'Tiny Tiny RSS'],
  ['commafeed', 'CommaFeed'],
  ['nextcloud-news', 'Nextcloud News'],
  ['selfoss', 'selfoss'],
  ['liferea', 'Liferea'],
  ['akregator', 'Akregator'],
  ['thunderbird', 'Thunderbird'],
  ['reeder', 'Reeder'],
  ['vienna', 'Vienna'],
  ['elfeed', 'Elfeed'],
  ['spacecowboys android rss reader', 'Feeder'],
  ['fiery%20feeds', 'Fiery Feeds'],
  ['rssowl', 'RSSOwl'],
]

const known = [
  ...services.map(([token, name]) => ({ token, name, kind: 'service' as const })),
  ...apps.map(([token, name]) => ({ token, name, kind: 'app' as const })),
]

const otherName = 'Other'

const kinds = new Map<string, AgentKind>(known.map(({ name, kind }) => [name, kind]))

export function kindOf(name: string): AgentKind {
  return kinds.get(name) ?? 'other'
}

// Nothing that tells who asks stands further in.
const lengthMax = 512

// What calls itself that and is none of the above reads for machines.
const machine = /bot\b|bot[/;_-]|crawl|spider|slurp|monitor|preview|scan/

/** Who asks; null when nobody reads: no name at all, or a crawler's. */
export function readAgent(userAgent: string | null): Agent | null {
  const text = (userAgent ?? '').slice(0, lengthMax).toLowerCase()
  const agent = known.find(({ token }) => text.includes(token))
  if (agent?.kind === 'service') {
    return { name: agent.name, kind: 'service', readers: readersIn(text), feedId: feedIdIn(text) }
  }
  if (agent) return { name: agent.name, kind: 'app', readers: 1, feedId: '' }
  if (text.trim() === '' || machine.test(text)) return null
  return { name: otherName, kind: 'other', readers: 1, feedId: '' }
}

// More than any feed has: who claims more is not believed at all.
const readersMax = 10_000_000

/** "12 subscribers", "1,204 readers", "subscriber count: 7"; 1 where nothing credible is said. */
function readersIn(text: string): number {
  const [, before, after] =
    /(?<![\d,.])(\d[\d,]{0,11})[ _+](?:subscriber|reader)|subscriber count: ?(\d{1,11})\b/.exec(
      text
    ) ?? []
  const readers = Number((before ?? after ?? '1').replaceAll(',', ''))
  return readers <= readersMax ? readers : 1
}

/** "feed-id:17", "feed-id=a1b2", "feedID: 17". */
function feedIdIn(text: string): string {
  const id = /feed-?id[:=] ?([a-z0-9_-]{1,40})/.exec(text)?.[1] ?? ''
  // A copy: a part of a text keeps the whole of it in memory, here 16 kB that anybody can send.
  return Array.from(id).join('')
}
