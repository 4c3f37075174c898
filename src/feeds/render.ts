// From a feed's row to its document: a function of the data alone, no clock, no request.

import type { Article, Correction } from '../articles/article.ts'
import type { Site } from '../lib/site.ts'
import { formatRfc3339 } from '../lib/time.ts'
import { escapeText } from '../lib/xml.ts'
import type { Source } from '../sources/source.ts'
import { findSources } from '../sources/store.ts'
import type { Topic } from '../topics/topic.ts'
import { findTopicById } from '../topics/store.ts'
import { listDeletions } from './deletion-store.ts'
import {
  correctionWord,
  deletionsMax,
  feedUrl,
  pageUrl,
  type DeletedEntry,
  type Feed,
  type FeedEntry,
} from './feed.ts'
import { writersVersion, type Format } from './formats.ts'
import { listNewestArticles, type FeedState } from './store.ts'

// Feed readers take 1 MiB without complaint; the 48 KiB are for what stands around the articles.
const bounds = { articlesMax: 50, bytesMax: 1_000_000 }

/** The document of a feed's present revision. */
export async function renderFeed(
  db: D1Database,
  state: FeedState,
  format: Format,
  site: Site
): Promise<string> {
  return format.write(await loadFeed(db, state, format.extension, site))
}

/**
 * The entity-tag of a feed's present revision in a format. The time is in it beside the revision
 * because a database that was restored from a copy counts its revisions again. Weak, since the bytes may
 * be compressed on the way (RFC 9110 §8.8.1).
 */
export function etagOf(state: FeedState, format: Format, site: Site): string {
  const tag = [state.revision, state.changedAt, writersVersion, shortHash(JSON.stringify(site))]
  return `W/"${tag.map((part) => part.toString(36)).join('-')}-${format.extension}"`
}

/** What a feed's present revision says; `extension` is that of the format its links shall lead to. */
export async function loadFeed(
  db: D1Database,
  state: FeedState,
  extension: Format['extension'],
  site: Site
): Promise<Feed> {
  const [articles, deleted, owners, topic] = await Promise.all([
    listNewestArticles(db, state.id, bounds),
    listDeletions(db, state.id, deletionsMax),
    findSources(db, state.sourceId === null ? [] : [state.sourceId]),
    state.topicId === null ? null : findTopicById(db, state.topicId),
  ])
  const owner = state.sourceId === null ? null : (owners.get(state.sourceId) ?? null)
  const sources = owner ? owners : await findSources(db, sourceIdsOf(articles))
  return {
    id: `urn:uuid:${state.uuid}`,
    ...describe(site, owner, topic),
    updatedAt: newest([...articles, ...deleted]) ?? state.changedAt,
    isAggregate: owner === null,
    pageUrl: pageUrl(site.origin, state.path),
    topicsUrl: `${site.origin}/topics`,
    links: [{ rel: 'self', href: feedUrl(site.origin, state.path, extension) }],
    entries: articles.map((article) => entryOf(article, sources, extension, site)),
    deleted,
  }
}

/** When the newest change of what a document tells of was made; null when it tells of nothing. */
function newest(told: readonly (Article | DeletedEntry)[]): number | null {
  const times = told.map((each) => ('deletedAt' in each ? each.deletedAt : each.updatedAt))
  return times.length === 0 ? null : Math.max(...times)
}

function sourceIdsOf(articles: readonly Article[]): number[] {
  return [...new Set(articles.map((article) => article.sourceId))]
}

type Description = Pick<
  Feed,
  'title' | 'description' | 'language' | 'icon' | 'rights' | 'license' | 'author'
>

function describe(site: Site, source: Source | null, topic: Topic | null): Description {
  const title = [source?.title, topic?.title].filter(Boolean).join(': ')
  return {
    title: source ? title : topic ? `${topic.title} – ${site.title}` : site.title,
    description: topic?.description ?? source?.description ?? (title || site.description),
    language: topic?.language ?? source?.language ?? null,
    icon: source?.icon ?? null,
    rights: source?.rights ?? null,
    license: source?.license ?? null,
    author: source
      ? { name: source.title, url: source.homePageUrl }
      : { name: site.title, url: `${site.origin}/` },
  }
}

function entryOf(
  article: Article,
  sources: ReadonlyMap<number, Source>,
  extension: Format['extension'],
  site: Site
): FeedEntry {
  const source = sources.get(article.sourceId)
  if (!source) throw new Error(`article ${article.uuid} has no source`)
  const language = article.language ?? source.language
  const notes = source.appendCorrections ? correctionNotes(article.corrections, language) : ''
  return {
    ...article,
    contentHtml: article.contentHtml + notes,
    language,
    rights: article.rights ?? source.rights,
    license: article.license ?? source.license,
    source: {
      id: `urn:uuid:${source.uuid}`,
      title: source.title,
      homePageUrl: source.homePageUrl,
      feedUrl: feedUrl(site.origin, `/sources/${source.slug}`, extension),
    },
  }
}

/** Corrections as the end of a body: HTML. */
function correctionNotes(corrections: readonly Correction[], language: string | null): string {
  return corrections
    .map(({ correctedAt, text }) => {
      const date = formatRfc3339(correctedAt)
      const time = `<time datetime="${date}">${date.slice(0, 10)}</time>`
      return `\n<p><strong>${correctionWord(language)}, ${time}:</strong> ${escapeText(text)}</p>`
    })
    .join('')
}

/** FNV-1a, 32 bits: enough to tell one deployment's settings from another's. */
function shortHash(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0
  }
  return hash
}
