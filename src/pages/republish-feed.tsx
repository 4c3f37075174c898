// How to have a feed on one's own site: a box that stays up to date, or headlines as they are now. No I/O.

import { pageUrl } from '../feeds/feed.ts'
import type { Headline } from '../feeds/listing-store.ts'
import { Code } from './copy.tsx'
import { boxCode, embedPath } from './embed.tsx'
import type { ShownFeed } from './feed.tsx'
import { headlinesFragment } from './fragments.ts'
import { Terms } from './terms.tsx'
import { link, type View } from './view.ts'

const headlinesMax = 5

type RepublishProps = {
  readonly view: View
  readonly feed: ShownFeed
  readonly headlines: readonly Headline[]
}

export function Republish({ view, feed, headlines }: RepublishProps) {
  const { words, site } = view
  const newest = headlines.slice(0, headlinesMax)
  return (
    <section class="panel" id="republish">
      <h2>{words.embed}</h2>
      <p>{words.embedHint}</p>
      <Code {...{ words, id: 'box', label: words.embedCode, rows: 4, code: boxCode(view, feed) }} />
      <p class="quiet">{words.embedOptions}</p>
      <p>
        <a href={link(view, embedPath(feed.path))}>{words.embedPreview}</a>
      </p>
      {newest.length > 0 && (
        <details>
          <summary>{words.headlines}</summary>
          <p>{words.headlinesHint}</p>
          <Code
            words={words}
            id="headlines"
            label={words.headlinesCode}
            rows={8}
            code={headlinesFragment(
              words.headlinesFrom(feed.title),
              pageUrl(site.origin, feed.path),
              newest
            )}
          />
        </details>
      )}
      {feed.source && (
        <>
          <h3>{words.terms}</h3>
          <Terms view={view} source={feed.source} />
        </>
      )}
    </section>
  )
}
