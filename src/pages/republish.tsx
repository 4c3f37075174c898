// How to republish one article: what to copy, on what terms, and what to tell search engines. No I/O.

import { articlePath, type Article } from '../articles/article.ts'
import { feedPath, feedUrl } from '../feeds/feed.ts'
import { findLanguage } from '../lib/language.ts'
import { escapeAttribute } from '../lib/xml.ts'
import type { Source } from '../sources/source.ts'
import { Code } from './copy.tsx'
import { articleFragment } from './fragments.ts'
import { Layout } from './layout.tsx'
import { Addresses } from './subscribe.tsx'
import { Terms } from './terms.tsx'
import { link, type View } from './view.ts'
import { wordsIn } from './words.ts'

type RepublishPageProps = {
  readonly view: View
  readonly article: Article
  readonly source: Source
}

export function RepublishPage({ view, article, source }: RepublishPageProps) {
  const { words } = view
  const path = feedPath({ source: source.slug, topic: null })
  const title = `${words.republish}: ${article.title}`
  // What the fragment itself says is in the language of the article, as far as we speak it.
  const language = findLanguage((article.language ?? source.language ?? '').split('-')[0])
  const fragment = articleFragment(wordsIn(language ?? view.language), article, source)
  return (
    <Layout view={view} title={title} feed={{ path, title: source.title }} isIndexed={false}>
      <h1>{words.republishArticle}</h1>
      <p>
        <a href={link(view, articlePath(article.uuid))} lang={article.language ?? undefined}>
          {article.title}
        </a>
        {' · '}
        {source.title}
      </p>
      <p class="lead">{words.republishLead}</p>
      <h2>{words.terms}</h2>
      <Terms view={view} source={source} article={article} />
      <h2>{words.fragment}</h2>
      <p>{words.fragmentHint}</p>
      <Code {...{ words, id: 'fragment', label: words.fragment, rows: 14, code: fragment }} />
      <h2>{words.forSearchEngines}</h2>
      <p>{words.canonicalHint}</p>
      <Code
        words={words}
        id="canonical"
        label="rel=canonical"
        rows={2}
        code={`<link rel="canonical" href="${escapeAttribute(article.url)}">`}
      />
      <p>{words.noindexHint}</p>
      <Code
        words={words}
        id="noindex"
        label="noindex"
        rows={2}
        code={'<meta name="robots" content="noindex">'}
      />
      <h2>{words.keepUpToDate}</h2>
      <p>{words.keepUpToDateHint}</p>
      <Addresses words={words} of={(extension) => feedUrl(view.site.origin, path, extension)} />
    </Layout>
  )
}
