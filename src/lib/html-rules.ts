// The allow-list: which HTML an article may hold. What stands in none of these tables is taken out
// of the text it surrounds; the text stays. No I/O.

/** Elements that stay, with the attributes each may keep beside the global ones. */
export const allowedElements: Readonly<Record<string, readonly string[]>> = {
  a: ['href', 'hreflang', 'rel', 'title'],
  abbr: ['title'],
  audio: ['src', 'controls'],
  b: [],
  bdi: [],
  bdo: [],
  blockquote: ['cite'],
  br: [],
  caption: [],
  cite: [],
  code: [],
  col: ['span'],
  colgroup: ['span'],
  dd: [],
  del: ['cite', 'datetime'],
  details: [],
  dfn: [],
  div: [],
  dl: [],
  dt: [],
  em: [],
  figcaption: [],
  figure: [],
  h1: [],
  h2: [],
  h3: [],
  h4: [],
  h5: [],
  h6: [],
  hr: [],
  i: [],
  img: ['src', 'srcset', 'sizes', 'alt', 'title', 'width', 'height'],
  ins: ['cite', 'datetime'],
  kbd: [],
  li: ['value'],
  mark: [],
  ol: ['start', 'reversed', 'type'],
  p: [],
  picture: [],
  pre: [],
  q: ['cite'],
  rp: [],
  rt: [],
  ruby: [],
  s: [],
  samp: [],
  small: [],
  source: ['src', 'srcset', 'sizes', 'type', 'media', 'width', 'height'],
  span: [],
  strong: [],
  sub: [],
  summary: [],
  sup: [],
  table: [],
  tbody: [],
  td: ['colspan', 'rowspan', 'headers'],
  tfoot: [],
  th: ['colspan', 'rowspan', 'scope', 'headers'],
  thead: [],
  time: ['datetime'],
  tr: [],
  track: ['src', 'kind', 'srclang', 'label'],
  u: [],
  ul: [],
  var: [],
  video: ['src', 'poster', 'controls', 'width', 'height'],
  wbr: [],
}

export const allowedEverywhere: readonly string[] = ['lang', 'dir']

/** Elements that become another one, so that what was apart stays apart. */
export const renamedElements: Readonly<Record<string, string>> = {
  acronym: 'abbr',
  address: 'div',
  article: 'div',
  aside: 'div',
  center: 'div',
  dir: 'ul',
  fieldset: 'div',
  footer: 'div',
  form: 'div',
  header: 'div',
  hgroup: 'div',
  legend: 'p',
  listing: 'pre',
  main: 'div',
  menu: 'ul',
  nav: 'div',
  plaintext: 'pre',
  search: 'div',
  section: 'div',
  strike: 's',
  tt: 'code',
  xmp: 'pre',
}

/** Elements that go with everything inside: code, controls, and what is no text in a feed. */
export const removedElements: ReadonlySet<string> = new Set(
  `applet base basefont bgsound button canvas datalist dialog embed fencedframe frame frameset head
  iframe input keygen link math meta meter noembed noframes object optgroup option output param
  portal progress script select selectedcontent slot style svg template textarea title`.split(/\s+/)
)

/** Elements that begin and end a line of text. */
export const blockElements: ReadonlySet<string> = new Set(
  `blockquote br caption dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre
  summary table td th tr ul`.split(/\s+/)
)
