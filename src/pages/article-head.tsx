// What programs read of an article: schema.org and OpenGraph. No I/O.

import { raw } from 'hono/html'

import type { Article, Image } from '../articles/article.ts'
import { formatRfc3339 } from '../lib/time.ts'
import type { Source } from '../sources/source.ts'
import type { ArticlePageProps } from './article.tsx'

// OpenGraph names a place beside the language; ours are the two that need no guessing.
const locales: Readonly<Record<string, string>> = { vi: 'vi_VN', en: 'en_US' }

export function ArticleHead({ view, article, source }: ArticlePageProps) {
  const language = article.language ?? source.language
  const locale = locales[language?.split('-')[0] ?? '']
  const published = formatRfc3339(article.publishedAt, article.utcOffsetMinutes)
  const updated = formatRfc3339(article.updatedAt, article.utcOffsetMinutes)
  return (
    <>
      <meta property="og:type" content="article" />
      <meta property="og:title" content={article.title} />
      {article.summary && <meta property="og:description" content={article.summary} />}
      <meta property="og:url" content={article.url} />
      <meta property="og:site_name" content={view.site.title} />
      {locale && <meta property="og:locale" content={locale} />}
      {article.image && <meta property="og:image" content={article.image.url} />}
      {article.image?.alt && <meta property="og:image:alt" content={article.image.alt} />}
      <meta property="article:published_time" content={published} />
      <meta property="article:modified_time" content={updated} />
      {article.topics.map(({ name }) => (
        <meta property="article:tag" content={name} />
      ))}
      <script type="application/ld+json">{raw(jsonInHtml(newsArticle(article, source)))}</script>
    </>
  )
}

/** https://schema.org/NewsArticle; what is undefined is left out. */
function newsArticle(article: Article, source: Source) {
  const { authors, topics, corrections } = article
  return {
    '@context': 'https://schema.org',
    '@type': 'NewsArticle',
    headline: article.title,
    description: article.summary || undefined,
    inLanguage: article.language ?? source.language ?? undefined,
    datePublished: formatRfc3339(article.publishedAt, article.utcOffsetMinutes),
    dateModified: formatRfc3339(article.updatedAt, article.utcOffsetMinutes),
    mainEntityOfPage: article.url,
    url: article.url,
    identifier: article.guid,
    author: authors.map(({ name, url }) => ({ '@type': 'Person', name, url })),
    publisher: {
      '@type': 'Organization',
      name: source.title,
      url: source.homePageUrl,
      logo: source.icon ?? undefined,
    },
    image: article.image ? imageObject(article.image) : undefined,
    keywords: topics.length > 0 ? topics.map(({ name }) => name) : undefined,
    isBasedOn: article.via?.url,
    copyrightNotice: article.rights ?? source.rights ?? undefined,
    license: article.license ?? source.license ?? undefined,
    correction:
      corrections.length > 0
        ? corrections.map(({ correctedAt, text }) => ({
            '@type': 'CorrectionComment',
            datePublished: formatRfc3339(correctedAt),
            text,
          }))
        : undefined,
  }
}

function imageObject({ url, caption, credit, width, height }: Image) {
  return { '@type': 'ImageObject', url, caption, creditText: credit, width, height }
}

// In a script element only "<" can end it or open a comment (HTML §4.12.1.3).
function jsonInHtml(value: object): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}
