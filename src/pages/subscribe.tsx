// How to subscribe to a feed: what it is, its addresses, the readers. No I/O.

import { feedUrl } from '../feeds/feed.ts'
import { formats, type Format } from '../feeds/formats.ts'
import { CopyButton } from './copy.tsx'
import { subscribeLinks } from './readers.ts'
import type { View } from './view.ts'
import type { Words } from './words.ts'

type SubscribeProps = { readonly view: View; readonly path: string }

export function Subscribe({ view, path }: SubscribeProps) {
  const { words, site } = view
  const links = subscribeLinks(feedUrl(site.origin, path, 'rss'), words.otherReader)
  return (
    <>
      <p>{words.whatIsAFeed}</p>
      <h3 id="readers">{words.openIn}</h3>
      <ul class="plain readers" aria-labelledby="readers">
        {links.map(({ name, href }) => (
          <li>
            <a href={href} rel="nofollow">
              {name}
            </a>
          </li>
        ))}
      </ul>
      <h3>{words.addresses}</h3>
      <p class="quiet">{words.addressesHint}</p>
      <Addresses words={words} of={(extension) => feedUrl(site.origin, path, extension)} />
    </>
  )
}

type AddressesProps = {
  readonly words: Words
  readonly of: (extension: Format['extension']) => string
}

/** A feed's three addresses, each to copy. */
export function Addresses({ words, of }: AddressesProps) {
  return (
    <ul class="plain addresses">
      {formats.map(({ name, extension }) => (
        <li>
          <b>{name}</b>
          <a id={extension} href={of(extension)}>
            {of(extension)}
          </a>
          <CopyButton words={words} of={extension} what={name} />
        </li>
      ))}
    </ul>
  )
}
