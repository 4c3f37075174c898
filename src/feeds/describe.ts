// What a document says of its feed: title, description, language and who stands for it.

import type { Selection } from '../articles/search-terms.ts'
import type { Site } from '../lib/site.ts'
import { uuidV5 } from '../lib/uuid.ts'
import type { Source } from '../sources/source.ts'
import { findSources } from '../sources/store.ts'
import { findTopics } from '../topics/store.ts'
import type { Topic } from '../topics/topic.ts'
import { selectionParameters } from './address.ts'
import type { DocumentState } from './document.ts'
import type { Feed } from './feed.ts'
import { feedKeyOf } from './selection.ts'

type Description = Pick<
  Feed,
  | 'id'
  | 'title'
  | 'description'
  | 'language'
  | 'icon'
  | 'rights'
  | 'license'
  | 'author'
  | 'isAggregate'
> & {
  /** The sources it names, by id. */
  readonly sources: ReadonlyMap<number, Source>
}

/** One row is read for each source and topic that the feed names. */
export async function describeFeed(
  db: D1Database,
  { address, feed, named }: DocumentState,
  site: Site
): Promise<Description> {
  const ids = (of: (feed: DocumentState['feed']) => number | null) =>
    [...new Set(named.map(of))].filter((id) => id !== null)
  const [sources, topics] = await Promise.all([
    findSources(
      db,
      ids((each) => each.sourceId)
    ),
    findTopics(
      db,
      ids((each) => each.topicId)
    ),
  ])
  const { selection } = address
  const [source, ...otherSources] = sources.values()
  const [topic, ...otherTopics] = [...topics.values()].filter(({ slug }) =>
    selection.topics.includes(slug)
  )
  const only = otherSources.length === 0 ? source : undefined
  const onlyTopic = otherTopics.length === 0 ? topic : undefined
  const title = titleOf(selection, [...sources.values()], [...topics.values()])
  const isPlain = feedKeyOf(selection) !== null
  return {
    sources,
    id: isPlain ? `urn:uuid:${feed.uuid}` : await composedId(feed.uuid, selection),
    title: source ? title : title === '' ? site.title : `${title} – ${site.title}`,
    description:
      (isPlain ? (topic?.description ?? source?.description) : null) ?? (title || site.description),
    language: selection.language ?? onlyTopic?.language ?? only?.language ?? null,
    icon: only?.icon ?? null,
    rights: only?.rights ?? null,
    license: only?.license ?? null,
    author: only
      ? { name: only.title, url: only.homePageUrl }
      : { name: site.title, url: `${site.origin}/` },
    isAggregate: only === undefined,
  }
}

// The same in all formats and on every host: of the feed it draws on, and of what it selects there.
async function composedId(uuid: string, selection: Selection): Promise<string> {
  return `urn:uuid:${await uuidV5(uuid, selectionParameters(selection).join('&'))}`
}

/** What a selection is of, in names and signs that need no language: `Báo A, Báo B: Y tế “thuốc”`. */
function titleOf(
  { sources, topics, excludedTopics, language, words }: Selection,
  named: readonly Source[],
  namedTopics: readonly Topic[]
): string {
  const titles = (slugs: readonly string[], of: readonly (Source | Topic)[]) =>
    slugs.flatMap((slug) => of.find((each) => each.slug === slug)?.title ?? [])
  const what = [titles(sources, named).join(', '), titles(topics, namedTopics).join(', ')]
  return [
    what.filter(Boolean).join(': '),
    ...titles(excludedTopics, namedTopics).map((title) => `−${title}`),
    words === null ? '' : `“${words.replaceAll('"', '')}”`,
    language === null ? '' : `[${language}]`,
  ]
    .filter((part) => part !== '')
    .join(' ')
}
