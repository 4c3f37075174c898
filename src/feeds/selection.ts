// Which feeds a selection draws on. No I/O.

import type { Selection } from '../articles/search-terms.ts'
import type { FeedKey } from './feed.ts'

/** The selection of a feed that has a path of its own. */
export function selectionOf({ source, topic }: FeedKey): Selection {
  return {
    sources: source === null ? [] : [source],
    topics: topic === null ? [] : [topic],
    excludedTopics: [],
    language: null,
    words: null,
  }
}

/** The feed with a path of its own that lists just these articles, or null. */
export function feedKeyOf(selection: Selection): FeedKey | null {
  const { sources, topics, excludedTopics, language, words } = selection
  const isPlain = excludedTopics.length === 0 && language === null && words === null
  if (!isPlain || sources.length > 1 || topics.length > 1) return null
  return { source: sources[0] ?? null, topic: topics[0] ?? null }
}

/**
 * The feeds that together list at least what is selected: whenever the selection changes, one of them
 * did. Some may not be there, as of a source that never wrote on a topic.
 */
export function drawnFeeds({ sources, topics }: Selection): FeedKey[] {
  const ofSources = sources.length === 0 ? [null] : sources
  const ofTopics = topics.length === 0 ? [null] : topics
  return ofSources.flatMap((source) => ofTopics.map((topic) => ({ source, topic })))
}

/** Every feed that a selection names, each of which must be there. */
export function namedFeeds({ sources, topics, excludedTopics }: Selection): FeedKey[] {
  return [
    ...sources.map((source) => ({ source, topic: null })),
    ...[...topics, ...excludedTopics].map((topic) => ({ source: null, topic })),
  ]
}
