// Where a reader's own service or app takes up a feed with one click. No I/O.

type Reader = { readonly name: string; readonly address: (feedUrl: string) => string }

// Each in the form that its maker documents or writes itself: Feedly's own addresses, Inoreader's and
// Feedbin's subscribe parameters, NewsBlur's "Goodies", The Old Reader's tips.
const readers: readonly Reader[] = [
  {
    name: 'Feedly',
    address: (url) => `https://feedly.com/i/subscription/feed%2F${encodeURIComponent(url)}`,
  },
  {
    name: 'Inoreader',
    address: (url) => `https://www.inoreader.com/?add_feed=${encodeURIComponent(url)}`,
  },
  {
    name: 'NewsBlur',
    address: (url) => `https://www.newsblur.com/?url=${encodeURIComponent(url)}`,
  },
  {
    name: 'The Old Reader',
    address: (url) => `https://theoldreader.com/feeds/subscribe?url=${encodeURIComponent(url)}`,
  },
  {
    name: 'Feedbin',
    address: (url) => `https://feedbin.com/?subscribe=${encodeURIComponent(url)}`,
  },
]

/** Links that subscribe to a feed; `appName` is what to call the app that the device opens `feed:` with. */
export function subscribeLinks(
  feedUrl: string,
  appName: string
): { readonly name: string; readonly href: string }[] {
  return [
    ...readers.map(({ name, address }) => ({ name, href: address(feedUrl) })),
    { name: appName, href: `feed:${feedUrl}` },
  ]
}
