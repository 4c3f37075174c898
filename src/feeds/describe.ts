// What a document says of its feed: title, description, language and who stands for it.

import type { Selection } from '../articles/search-terms.ts'
import type { Site } from '../lib/site.ts'
import { uuidV5 } from '../lib/uuid.ts'
import type { Source } from '../sources/source.ts'
import type { NamedTopic } from '../topics/topic.ts'
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
>

/** The sources and topics that a feed names, by id. */
export type Owners = {
  readonly sources: ReadonlyMap<number, Source>
  readonly topics: ReadonlyMap<number, NamedTopic>
}

export async function describeFeed(
  { address: { selection }, feed }: DocumentState,
  { sources, topics }: Owners,
  site: Site
): Promise<Description> {
  const [source, ...otherSources] = sources.values()
  const [topic, ...otherTopics] = [...topics.values()].filter(({ slug }) =>
    selection.topics.includes(slug)
  )
  const only = otherSources.length === 0 ? source : undefined
  const onlyTopic = otherTopics.length === 0 ? topic : undefined
  const title = titleOf(selection, [...sources.values()], [...topics.values()])
  const isPlain = feedKeyOf(selection) !== null
  return {
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
  namedTopics: readonly NamedTopic[]
): string {
  const titles = (slugs: readonly string[], of: readonly (Source | NamedTopic)[]) =>
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
