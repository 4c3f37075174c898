// A topic is a document that Loa serves as a feed, by its exact URL: this is where the hub asks the feeds
// for one.

import { feedAddressPath, parseFeedUrl, type FeedAddress } from '../feeds/address.ts'
import {
  findDocument,
  findWholeDocument,
  loadDocument,
  type DocumentState,
} from '../feeds/document.ts'
import { hubUrl, linkField } from '../feeds/feed.ts'
import { contentTypeOf, findFormat, type Format } from '../feeds/formats.ts'
import { Problem } from '../lib/problem.ts'
import { siteOf } from '../lib/site.ts'

/** A topic that can be subscribed to, with the feeds it draws on. */
export type Topic = { readonly url: string; readonly feedIds: readonly number[] }

export type TopicRefusal = {
  readonly status: 404 | 410
  /** The address that was probably meant. */
  readonly meant: string | null
}

const unknown: TopicRefusal = { status: 404, meant: null }

/**
 * What a subscriber's hub.topic names: the text must be the one in `rel=self`, to the letter. The second
 * URL is any of ours: it tells our origin where none is configured.
 */
export async function findTopic(
  env: Env,
  url: string,
  ownUrl: string
): Promise<Topic | TopicRefusal> {
  const asked = addressOf(url)
  if (!asked) return unknown
  // An archive does not change: what does is the feed that it is of.
  const address = { ...asked, archive: null }
  const state = await findDocument(env.DB, address)
  if (state === 'gone') return { status: 410, meant: null }
  if (typeof state === 'string') return unknown
  const meant = siteOf(env, ownUrl).origin + feedAddressPath(address)
  return meant === url ? { url, feedIds: feedIdsOf(state) } : { status: 404, meant }
}

// Beside those it draws on those it names: one that it will draw on, as of a source that has yet to write
// on a topic, comes into being with a change of these.
function feedIdsOf({ drawn, named }: DocumentState): number[] {
  return [...new Set([...drawn, ...named].map((feed) => feed.id))]
}

/** The document of a topic as `GET` gives it; null when there is none any more. */
export async function readTopic(env: Env, url: string): Promise<string | null> {
  const address = addressOf(url)
  const state = address ? await findWholeDocument(env.DB, address) : 'not found'
  if (!address || typeof state === 'string') return null
  return formatOf(address).write(await loadDocument(env.DB, state, siteOf(env, url)))
}

/** What goes with the document of a topic (§7): its media type, its hub and itself. */
export function topicHeaders(url: string): { 'Content-Type': string; Link: string } {
  const address = addressOf(url)
  if (!address) throw new Error(`no feed: ${url}`)
  const links = [
    { rel: 'self', href: url },
    { rel: 'hub', href: hubUrl(new URL(url).origin) },
  ] as const
  return { 'Content-Type': contentTypeOf(formatOf(address)), Link: linkField(links) }
}

function formatOf({ extension }: FeedAddress): Format {
  const format = findFormat(extension)
  if (!format) throw new Error(`no format: ${extension}`)
  return format
}

/** What a URL asks for, with a slash too many or in capitals as well; null when it is no feed's. */
function addressOf(text: string): FeedAddress | null {
  const url = URL.parse(text)
  if (!url) return null
  url.pathname = url.pathname.toLowerCase().replace(/\/+$/, '')
  try {
    return parseFeedUrl(url)
  } catch (error) {
    // A parameter that asks for what there cannot be.
    if (error instanceof Problem) return null
    throw error
  }
}
