// What a person sees in place of a page: that it is not there, is gone, or does not work. No I/O.

import type { ProblemCode } from '../lib/problem.ts'
import { Layout } from './layout.tsx'
import { link, type View } from './view.ts'
import type { Words } from './words.ts'

type ErrorPageProps = { readonly view: View; readonly code: ProblemCode }

export function ErrorPage({ view, code }: ErrorPageProps) {
  const { words } = view
  const [title, text] = explain(words, code)
  return (
    <Layout view={view} title={title} isIndexed={false}>
      <h1>{title}</h1>
      <p>{text}</p>
      <p>{words.whereNow}</p>
      <ul>
        <li>
          <a href={link(view, '/')}>{words.home}</a>
        </li>
        <li>
          <a href={link(view, '/sources')}>{words.allSources}</a>
        </li>
        <li>
          <a href={link(view, '/topics')}>{words.allTopics}</a>
        </li>
      </ul>
    </Layout>
  )
}

function explain(words: Words, code: ProblemCode): readonly [string, string] {
  if (code === 'gone') return [words.goneTitle, words.gone]
  if (code === 'internal') return [words.failedTitle, words.failed]
  if (code === 'unavailable') return [words.unavailableTitle, words.unavailable]
  return [words.notFoundTitle, words.notFound]
}
