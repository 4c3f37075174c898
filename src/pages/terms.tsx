// On what terms a text may be used; the heading is its page's. No I/O.

import type { Article } from '../articles/article.ts'
import type { Source } from '../sources/source.ts'
import type { View } from './view.ts'

type TermsProps = {
  readonly view: View
  readonly source: Source
  /** Its own terms stand before those of its source. */
  readonly article?: Article
}

export function Terms({ view: { words }, source, article }: TermsProps) {
  const rights = article?.rights ?? source.rights
  const license = article?.license ?? source.license
  return (
    <>
      {rights && <p>{rights}</p>}
      {license && (
        <p>
          {words.license}:{' '}
          <a href={license} rel="license">
            {license}
          </a>
        </p>
      )}
      {!rights && !license && <p>{words.noTerms(source.title)}</p>}
    </>
  )
}
