// From the articles of a document to its entries: what the source adds to each.

import type { Article, Correction } from '../articles/article.ts'
import type { Site } from '../lib/site.ts'
import { formatRfc3339 } from '../lib/time.ts'
import { escapeText } from '../lib/xml.ts'
import type { Credit } from '../sources/source.ts'
import { findSources } from '../sources/store.ts'
import type { FeedAddress } from './address.ts'
import { directed } from './direction.ts'
import { correctionWord, feedUrl, type FeedEntry } from './feed.ts'

type Circumstances = {
  /** The sources that are known already, by id. */
  readonly sources: ReadonlyMap<number, Credit>
  readonly address: FeedAddress
  readonly site: Site
}

/** One row is read for each source that is not known yet. */
export async function entriesOf(
  db: D1Database,
  articles: readonly Article[],
  { sources, address, site }: Circumstances
): Promise<FeedEntry[]> {
  const ids = [...new Set(articles.map((article) => article.sourceId))]
  const unknown = ids.filter((id) => !sources.has(id))
  const all = new Map<number, Credit>([...sources, ...(await findSources(db, unknown))])
  return articles.map((article) => {
    const source = all.get(article.sourceId)
    if (!source) throw new Error(`article ${article.uuid} has no source`)
    return entryOf(article, source, address, site)
  })
}

function entryOf(article: Article, source: Credit, address: FeedAddress, site: Site): FeedEntry {
  const language = article.language ?? source.language
  const notes = source.appendCorrections ? correctionNotes(article.corrections, language) : ''
  return {
    ...article,
    contentHtml: address.content === 'full' ? directed(article.contentHtml + notes, language) : '',
    language,
    rights: article.rights ?? source.rights,
    license: article.license ?? source.license,
    source: {
      id: `urn:uuid:${source.uuid}`,
      title: source.title,
      homePageUrl: source.homePageUrl,
      feedUrl: feedUrl(site.origin, `/sources/${source.slug}`, address.extension),
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
