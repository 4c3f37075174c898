// An article's page, and what stands there once it is retracted. No I/O.

import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'

import { articlePath, type Article, type Attachment } from '../articles/article.ts'
import type { Withdrawn } from '../articles/store.ts'
import { feedPath } from '../feeds/feed.ts'
import type { Source } from '../sources/source.ts'
import { ArticleHead } from './article-head.tsx'
import { captionOf } from './fragments.ts'
import { Layout } from './layout.tsx'
import { Time } from './time.tsx'
import { link, type View } from './view.ts'

export type ArticlePageProps = {
  readonly view: View
  readonly article: Article
  readonly source: Source
}

export function ArticlePage({ view, article, source }: ArticlePageProps) {
  const { words } = view
  const language = article.language ?? source.language ?? undefined
  const path = feedPath({ source: source.slug, topic: null })
  return (
    <Layout
      view={view}
      title={article.title}
      description={article.summary || undefined}
      canonical={article.url}
      feed={{ path, title: source.title }}
      head={<ArticleHead view={view} article={article} source={source} />}
    >
      <article>
        <h1 lang={language} dir="auto">
          {article.title}
        </h1>
        <ByLine view={view} article={article} source={source} />
        <Picture view={view} article={{ ...article, language: language ?? null }} />
        <div class="body" lang={language} dir="auto">
          {raw(article.contentHtml)}
        </div>
        <Corrections view={view} article={{ ...article, language: language ?? null }} />
        <Facts view={view} article={article} source={source} />
      </article>
      <p>
        <a href={link(view, `${articlePath(article.uuid)}/republish`)}>{words.republishArticle}</a>
      </p>
    </Layout>
  )
}

function ByLine({ view, article, source }: ArticlePageProps) {
  const { words } = view
  const { publishedAt, updatedAt, utcOffsetMinutes, authors } = article
  return (
    <>
      <p class="quiet">
        <a href={link(view, feedPath({ source: source.slug, topic: null }))}>{source.title}</a>
        {' · '}
        <a href={article.url}>{words.original(new URL(article.url).host)}</a>
      </p>
      {authors.length > 0 && (
        <p class="quiet">
          {`${words.by} `}
          {authors.map(({ name, url }, index) => (
            <>
              {index > 0 && ', '}
              {url ? <a href={url}>{name}</a> : name}
            </>
          ))}
        </p>
      )}
      <p class="quiet">
        {words.published} <Time {...{ words, seconds: publishedAt, utcOffsetMinutes }} />
        {updatedAt > publishedAt && (
          <>
            {` · ${words.updated} `}
            <Time {...{ words, seconds: updatedAt, utcOffsetMinutes }} />
          </>
        )}
      </p>
    </>
  )
}

type PartProps = Pick<ArticlePageProps, 'view' | 'article'>

function Picture({ view: { words }, article: { image, language } }: PartProps) {
  if (!image) return null
  const caption = captionOf(words, image)
  return (
    <figure>
      <img
        src={image.url}
        alt={image.alt ?? ''}
        width={image.width}
        height={image.height}
        lang={language ?? undefined}
        referrerpolicy="no-referrer"
      />
      {caption && <figcaption dir="auto">{caption}</figcaption>}
    </figure>
  )
}

function Corrections({ view: { words }, article }: PartProps) {
  const { corrections, utcOffsetMinutes } = article
  if (corrections.length === 0) return null
  return (
    <section class="note" aria-labelledby="corrections">
      <h2 id="corrections">{words.corrections}</h2>
      {corrections.map(({ correctedAt, text }) => (
        <p>
          <strong>
            <Time {...{ words, seconds: correctedAt, utcOffsetMinutes }} />:
          </strong>{' '}
          <span lang={article.language ?? undefined} dir="auto">
            {text}
          </span>
        </p>
      ))}
    </section>
  )
}

function Facts({ view, article, source }: ArticlePageProps) {
  const { words } = view
  const { via, topics, attachments } = article
  const license = article.license ?? source.license
  return (
    <dl class="facts">
      <Fact name={words.source}>
        <a href={article.url}>{source.title}</a>
      </Fact>
      <Fact name={words.via}>{via && <a href={via.url}>{via.title}</a>}</Fact>
      <Fact name={words.topics}>
        {topics.length > 0 && (
          <ul class="plain tags">
            {topics.map(({ slug, name }) => (
              <li>
                <a href={link(view, feedPath({ source: null, topic: slug }))}>{name}</a>
              </li>
            ))}
          </ul>
        )}
      </Fact>
      <Fact name={words.files}>{attachments.length > 0 && <Files files={attachments} />}</Fact>
      <Fact name={words.rights}>{article.rights ?? source.rights}</Fact>
      <Fact name={words.license}>
        {license && (
          <a href={license} rel="license">
            {license}
          </a>
        )}
      </Fact>
    </dl>
  )
}

/** A name and what is known under it; nothing at all where nothing is. */
function Fact({ name, children }: { readonly name: string; readonly children?: Child }) {
  if (!children) return null
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

function Files({ files }: { readonly files: readonly Attachment[] }) {
  return (
    <ul class="plain">
      {files.map(({ url, title, mimeType }) => (
        <li>
          <a href={url} type={mimeType}>
            {title ?? new URL(url).pathname.split('/').at(-1) ?? url}
          </a>{' '}
          <span class="quiet">({mimeType})</span>
        </li>
      ))}
    </ul>
  )
}

type WithdrawnProps = { readonly view: View; readonly withdrawn: Withdrawn }

export function WithdrawnPage({ view, withdrawn: { status, since, note } }: WithdrawnProps) {
  const { words } = view
  const title = status === 'retracted' ? words.retractedTitle : words.expiredTitle
  return (
    <Layout view={view} title={title} isIndexed={false}>
      <h1>{title}</h1>
      <p>
        {status === 'retracted' ? words.retracted : words.expired}{' '}
        <Time words={words} seconds={since} utcOffsetMinutes={0} />
      </p>
      {note && (
        <p class="note" dir="auto">
          <strong>{words.reason}</strong> {note}
        </p>
      )}
      <p>{words.withdrawnHint}</p>
      <p>
        <a href={link(view, '/')}>{words.home}</a>
      </p>
    </Layout>
  )
}
