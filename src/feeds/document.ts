// From an address to its document: a function of the data alone, no clock, no request.

import type { Article } from '../articles/article.ts'
import { shortHash } from '../lib/short-hash.ts'
import type { Site } from '../lib/site.ts'
import { feedAddressPath, type FeedAddress } from './address.ts'
import { readContents, readFeedWithContents, type Contents } from './contents.ts'
import { describeFeed } from './describe.ts'
import { archiveTag, feedTag } from './edge.ts'
import { entriesOf } from './entries.ts'
import {
  feedPath,
  hubUrl,
  linkField,
  pageUrl,
  type DeletedEntry,
  type Feed,
  type FeedLink,
} from './feed.ts'
import { writersVersion } from './formats.ts'
import { drawnFeeds, feedKeyOf, namedFeeds } from './selection.ts'
import { findArchive, findFeed, findFeeds, type FeedState, type Revised } from './store.ts'

/** What is known of a document without reading an article: enough for its validators. */
export type DocumentState = Revised & {
  readonly address: FeedAddress
  /** The feed it is of; of a composed one, the first that it names. */
  readonly feed: FeedState
  /** The feeds whose changes change it. */
  readonly drawn: readonly FeedState[]
  /** Those that a composed one names: of sources and topics. */
  readonly named: readonly FeedState[]
  /** The articles it lists, by id, where that is known already: it is for all but a composed or cut one. */
  readonly articleIds: readonly number[]
  /** What it says, where that was read already. */
  readonly contents: Contents | null
}

/**
 * The document at an address. One row is read, for an archive two, for a composed feed one for each feed
 * it names or draws on. 'next' for the archive that comes after the newest: what it will hold is in the
 * subscription document still.
 */
export async function findDocument(
  db: D1Database,
  address: FeedAddress
): Promise<DocumentState | 'not found' | 'gone' | 'next'> {
  const key = feedKeyOf(address.selection)
  if (!key) return findComposed(db, address)
  const feed = await findFeed(db, feedPath(key))
  if (!feed) return 'not found'
  if (feed.goneAt !== null) return 'gone'
  const plain = plainState(address, feed)
  if (address.archive === null && address.limit === null) return { ...plain, ...revisedOf(feed) }
  // Cut, it may reach into the archives.
  if (address.archive === null) return { ...plain, ...withHistory(feed) }
  const archive = await findArchive(db, feed.id, address.archive)
  if (archive) return { ...plain, ...archiveRevised(archive, feed), articleIds: archive.articles }
  return address.archive === feed.archives + 1 ? 'next' : 'not found'
}

function plainState(address: FeedAddress, feed: FeedState) {
  const feeds = { feed, drawn: [feed], named: [feed] }
  return { address, ...feeds, articleIds: feed.unarchived, contents: null }
}

/**
 * The same with all that it says, in one round trip instead of two where all articles are of one source: that
 * costs a row more, which where each article has one read for its source would be one too many.
 */
export async function findWholeDocument(
  db: D1Database,
  address: FeedAddress
): Promise<DocumentState | 'not found' | 'gone' | 'next'> {
  const key = feedKeyOf(address.selection)
  const isCut = address.archive !== null || address.limit !== null
  if (!key || key.source === null || isCut) return findDocument(db, address)
  const found = await readFeedWithContents(db, key.source, key.topic)
  if (!found) return 'not found'
  const { feed, contents } = found
  if (feed.goneAt !== null) return 'gone'
  return { ...plainState(address, feed), ...revisedOf(feed), contents }
}

function revisedOf({ revision, changedAt, changesInSecond }: Revised): Revised {
  return { revision, changedAt, changesInSecond }
}

// Both revisions only grow, so that their sum tells of a change of either.
function archiveRevised(archive: Revised, feed: FeedState): Revised {
  return revisedBesides(archive, feed.profileRevision, feed.profileChangedAt)
}

function withHistory(feed: FeedState): Revised {
  return revisedBesides(feed, feed.historyRevision, feed.historyChangedAt)
}

function revisedBesides(revised: Revised, otherRevision: number, otherChangedAt: number): Revised {
  const revision = revised.revision + otherRevision
  if (otherChangedAt < revised.changedAt) return { ...revisedOf(revised), revision }
  // How often the other changed in that second is not known.
  return { revision, changedAt: otherChangedAt, changesInSecond: 2 }
}

async function findComposed(
  db: D1Database,
  address: FeedAddress
): Promise<DocumentState | 'not found' | 'gone'> {
  const namedPaths = namedFeeds(address.selection).map(feedPath)
  const drawnPaths = drawnFeeds(address.selection).map(feedPath)
  const feeds = await findFeeds(db, [...new Set([...namedPaths, ...drawnPaths])])
  const present = (paths: readonly string[]) => paths.flatMap((path) => feeds.get(path) ?? [])
  const [named, drawn] = [present(namedPaths), present(drawnPaths)]
  const feed = named[0] ?? drawn[0]
  if (!feed || named.length < namedPaths.length) return 'not found'
  const sources = named.filter(({ sourceId }) => sourceId !== null)
  if (sources.length > 0 && sources.every(({ goneAt }) => goneAt !== null)) return 'gone'
  const revised = composedRevised(drawn, named)
  return { address, feed, drawn, named, articleIds: [], contents: null, ...revised }
}

// Each revision only grows, and a feed that comes into being adds its own. Of what is only named, the name
// counts.
function composedRevised(drawn: readonly FeedState[], named: readonly FeedState[]): Revised {
  const names = named.map((feed) => archiveRevised(neverRevised, feed))
  const parts = [...drawn.map(withHistory), ...names]
  const changedAt = Math.max(0, ...parts.map((part) => part.changedAt))
  const latest = parts.filter((part) => part.changedAt === changedAt)
  return {
    revision: sum(parts.map((part) => part.revision)),
    changedAt,
    changesInSecond: sum(latest.map((part) => part.changesInSecond)),
  }
}

const neverRevised: Revised = { revision: 0, changedAt: 0, changesInSecond: 1 }

/** What the document depends on, by the tags that say of a commit what it changed. */
export function tagsOf({ address, feed }: DocumentState): string[] {
  const { selection, archive, limit } = address
  if (archive !== null) return [archiveTag(feed.path)]
  if (feedKeyOf(selection) && limit === null) return [feedTag(feed.path)]
  // Those that are not there yet as well.
  const drawn = drawnFeeds(selection).map(feedPath)
  const named = namedFeeds(selection).map(feedPath)
  return [...new Set([...drawn.map(feedTag), ...[...drawn, ...named].map(archiveTag)])]
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/**
 * The entity-tag of a document's present revision. The time is in it beside the revision because a
 * database that was restored from a copy counts its revisions again. Weak, since the bytes may be
 * compressed on the way (RFC 9110 §8.8.1).
 */
export function etagOf(state: DocumentState, site: Site): string {
  const where = shortHash(JSON.stringify([site, feedAddressPath(state.address)]))
  const tag = [state.revision, state.changedAt, writersVersion, where]
  return `W/"${tag.map((part) => part.toString(36)).join('-')}-${state.address.extension}"`
}

/** The links of a document, as it and its `Link` field give them. */
function linksOf({ address, feed, drawn }: DocumentState, site: Site): FeedLink[] {
  const link = (rel: FeedLink['rel'], changes: Partial<FeedAddress> = {}): FeedLink => ({
    rel,
    href: site.origin + feedAddressPath({ ...address, ...changes }),
  })
  const { archive } = address
  if (archive !== null) {
    return [
      link('self'),
      link('current', { archive: null }),
      ...(archive > 1 ? [link('prev-archive', { archive: archive - 1 })] : []),
      // From the first day, though it may not be there yet: a published archive stays as it is.
      link('next-archive', { archive: archive + 1 }),
    ]
  }
  // Only with all of the subscription document do the archives list everything.
  const hasArchives =
    address.limit === null && feed.archives > 0 && feedKeyOf(address.selection) !== null
  const hub: FeedLink = { rel: 'hub', href: hubUrl(site.origin) }
  return [
    link('self'),
    ...(drawn.some((each) => each.hasHub) ? [hub] : []),
    ...(hasArchives ? [link('prev-archive', { archive: feed.archives })] : []),
  ]
}

/** The value of a document's `Link` field. */
export function linkFieldOf(state: DocumentState, site: Site): string {
  return linkField(linksOf(state, site))
}

/** What a document's present revision says. */
export async function loadDocument(
  db: D1Database,
  state: DocumentState,
  site: Site
): Promise<Feed> {
  const { address, feed } = state
  const { articles, credits, deleted, sources, topics } =
    state.contents ?? (await readContents(db, state))
  return {
    ...(await describeFeed(state, { sources, topics }, site)),
    updatedAt: newest([...articles, ...deleted]) ?? state.changedAt,
    pageUrl: pageUrl(site.origin, feedKeyOf(address.selection) ? feed.path : ''),
    topicsUrl: `${site.origin}/topics`,
    links: linksOf(state, site),
    isArchive: address.archive !== null,
    isSummary: address.content === 'summary',
    entries: await entriesOf(db, articles, { sources: credits, address, site }),
    deleted,
  }
}

/** When the newest change of what a document tells of was made; null when it tells of nothing. */
function newest(told: readonly (Article | DeletedEntry)[]): number | null {
  const times = told.map((each) => ('deletedAt' in each ? each.deletedAt : each.updatedAt))
  return times.length === 0 ? null : Math.max(...times)
}
