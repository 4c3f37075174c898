// An article's page, and what stands there once it is retracted.

import { raw } from 'hono/html'

import type { Article } from '../articles/article.ts'
import type { Withdrawn } from '../articles/store.ts'
import { correctionWord, feedPath } from '../feeds/feed.ts'
import type { Site } from '../lib/site.ts'
import { formatRfc3339 } from '../lib/time.ts'
import type { Source } from '../sources/source.ts'
import { Time } from './feed.tsx'
import { Layout } from './layout.tsx'

type ArticleProps = { readonly site: Site; readonly article: Article; readonly source: Source }

export function ArticlePage({ site, article, source }: ArticleProps) {
  const language = article.language ?? source.language ?? undefined
  return (
    <Layout site={site} title={article.title} language={language} canonical={article.url}>
      <article>
        <h1>{article.title}</h1>
        <p class="meta">
          <a href={feedPath({ source: source.slug, topic: null })}>{source.title}</a>
          {' · '}
          <Time seconds={article.publishedAt} utcOffsetMinutes={article.utcOffsetMinutes} />
          {article.authors.map((author) => ` · ${author.name}`)}
          {' · '}
          <a href={article.url}>{new URL(article.url).host}</a>
        </p>
        {article.image && <img src={article.image.url} alt={article.image.alt ?? ''} />}
        {raw(article.contentHtml)}
        {article.corrections.map((correction) => (
          <p>
            <strong>
              {correctionWord(language ?? null)}, <Time seconds={correction.correctedAt} />:
            </strong>{' '}
            {correction.text}
          </p>
        ))}
        {article.via && (
          <p class="meta">
            <a href={article.via.url}>{article.via.title}</a>
          </p>
        )}
        <p class="meta">
          {article.topics.map((topic) => (
            <>
              <a href={feedPath({ source: null, topic: topic.slug })}>{topic.name}</a>{' '}
            </>
          ))}
        </p>
      </article>
    </Layout>
  )
}

type WithdrawnProps = { readonly site: Site; readonly withdrawn: Withdrawn }

export function WithdrawnPage({ site, withdrawn }: WithdrawnProps) {
  const { status, since, note } = withdrawn
  const date = <time datetime={formatRfc3339(since)}>{formatRfc3339(since).slice(0, 10)}</time>
  return (
    <Layout site={site} title={status === 'retracted' ? 'Retracted' : 'Expired'}>
      {status === 'retracted' ? (
        <>
          <h1>This article was retracted</h1>
          <p>Its source took it back on {date}.</p>
        </>
      ) : (
        <>
          <h1>This article has expired</h1>
          <p>Its source gave it out until {date}.</p>
        </>
      )}
      {note && <p>{note}</p>}
    </Layout>
  )
}
