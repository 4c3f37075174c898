// What an article is after a decision. No I/O.

import type { ArticleContent, ArticleTopic } from '../articles/article.ts'
import { sha256Hex } from '../lib/hmac.ts'
import type { CleanItem, Tag } from './clean.ts'
import type { Decision, Known, Publication } from './decide.ts'
import type { ArticleState } from './store.ts'

/** An item as it would be stored, its tags filed under the topics that are known. */
export async function publicationOf(
  clean: CleanItem,
  aliases: ReadonlyMap<string, string>
): Promise<Pick<Publication, 'kind' | 'content' | 'sizeBytes' | 'fingerprint'>> {
  const content: ArticleContent = {
    ...clean.content,
    topics: topicsOf(clean.tags, aliases),
  }
  const fingerprint = await sha256Hex(JSON.stringify(content))
  return { kind: 'publish', content, sizeBytes: clean.sizeBytes, fingerprint }
}

function topicsOf(
  tags: readonly Tag[],
  aliases: ReadonlyMap<string, string>
): readonly ArticleTopic[] {
  const topics = new Map<string, ArticleTopic>()
  for (const { name, slug: ownSlug } of tags) {
    const slug = aliases.get(ownSlug) ?? ownSlug
    if (!topics.has(slug)) topics.set(slug, { slug, name })
  }
  return [...topics.values()]
}

// An article that is retracted before it was ever seen.
const noContent: ArticleContent = {
  url: '',
  title: '',
  summary: '',
  contentHtml: '',
  language: null,
  publishedAt: 0,
  utcOffsetMinutes: 0,
  authors: [],
  topics: [],
  image: null,
  attachments: [],
  via: null,
  rights: null,
  license: null,
}

type Base = Pick<ArticleState, 'uuid' | 'guid' | 'externalId' | 'revision'>

/** The article after a decision; null when nothing must be stored. `revision` is left to the caller. */
export function stateAfter(
  base: Base,
  known: Known | null,
  write: Decision['write']
): ArticleState | null {
  switch (write?.kind) {
    case undefined:
      return null
    case 'content': {
      const { content, sizeBytes, fingerprint, versionAt } = write.publication
      return {
        ...base,
        versionAt,
        updatedAt: write.updatedAt,
        fingerprint,
        publishedAt: content.publishedAt,
        topics: content.topics.map((topic) => topic.slug),
        retractedAt: null,
        retractionNote: null,
        content,
        sizeBytes,
      }
    }
    case 'retraction': {
      const { at, note } = write
      const before = known ?? { fingerprint: '', publishedAt: 0, updatedAt: at, topics: [] }
      const content = known ? null : noContent
      const state = { versionAt: at, retractedAt: at, retractionNote: note, content, sizeBytes: 0 }
      return { ...before, ...base, ...state }
    }
    case 'version': {
      const state = {
        versionAt: write.versionAt,
        retractionNote: null,
        content: null,
        sizeBytes: 0,
      }
      return known && { ...known, ...base, ...state }
    }
  }
}
