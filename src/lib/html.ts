// HTML that strangers write, cleaned once where it enters. A real parser (parse5) reads it as a
// browser would; a new tree is built that holds only what src/lib/html-rules.ts names; its
// serialisation is the result. No I/O.

import { defaultTreeAdapter, html as spec, parseFragment, serialize } from 'parse5'
import type { DefaultTreeAdapterTypes as Tree, Token } from 'parse5'

import {
  allowedElements,
  allowedEverywhere,
  blockElements,
  removedElements,
  renamedElements,
} from './html-rules.ts'
import { isSettled } from './html-settled.ts'
import { cleanText, hasIllegalCharacters, withSingleSpaces } from './text.ts'
import { httpUrl, linkUrl } from './url.ts'

/** A kind of change that cleaning made, to what, and how often. */
export type HtmlChange = {
  readonly kind:
    | 'attribute removed'
    | 'characters removed'
    | 'element removed'
    | 'frame linked'
    | 'tracker removed'
    | 'url removed'
    | 'url resolved'
  readonly subject: string
  readonly count: number
}

export type CleanHtml = {
  readonly html: string
  /** The text alone, a line for each block. */
  readonly text: string
  readonly changes: readonly HtmlChange[]
}

export type HtmlSurroundings = {
  /** What relative URLs are relative to. */
  readonly base: string
  /** The hosts whose frames become links; other frames are removed. */
  readonly embedHosts: readonly string[]
}

export const elementDepthMax = 256
export const attributesMax = 256
export const elementsMax = 100_000
// A few unclosed elements can be opened again in every block: what a short text may grow to is bounded
// by its length.
const charactersPerElement = 3
const elementsFree = 1000
// Relative addresses grow by the length of their base.
const addressCharactersMax = 4_000_000

// Serialised and parsed again, some trees change once more (a block inside a paragraph, say); they
// settle after two rounds, as the property test shows.
const roundsMax = 5

/**
 * Cleans a fragment of HTML; relative URLs are resolved against `base`. Cleaning the result again
 * changes nothing. Null when elements nest deeper than 256, a tag has over 256 attributes, there are over
 * 100,000 elements or far more than the text has tags, or addresses grow past 4 MB: no newsroom means
 * any of it, and it takes long.
 */
export function cleanHtml(html: string, { base, embedHosts }: HtmlSurroundings): CleanHtml | null {
  const changes = new Map<string, HtmlChange>()
  let current = html
  let text = ''
  try {
    for (let round = 0; round < roundsMax; round++) {
      // Only the first round changes what the publisher wrote.
      const counts = round === 0 ? changes : new Map<string, HtmlChange>()
      const cleaning: Cleaning = { base, embedHosts, counts, text: '', addressCharacters: 0 }
      const source = parse(current)
      const target = defaultTreeAdapter.createDocumentFragment()
      appendClean(target, source, cleaning)
      const cleaned = serialize(target)
      text = cleaning.text
      const isDone = cleaned === current || isSettled(source, target, base)
      current = cleaned
      if (isDone) break
    }
  } catch (error) {
    if (error instanceof Tangled) return null
    throw error
  }
  return { html: current, text: withSingleSpaces(text), changes: [...changes.values()] }
}

/** Plain text as HTML: a paragraph for each run of lines, a break for each line. */
export function htmlFromText(text: string): string {
  const fragment = defaultTreeAdapter.createDocumentFragment()
  for (const paragraph of text.replace(/\r\n?/g, '\n').split(/\n[^\S\n]*\n\s*/)) {
    if (paragraph.trim() === '') continue
    const element = defaultTreeAdapter.createElement('p', spec.NS.HTML, [])
    for (const [index, line] of paragraph.trim().split('\n').entries()) {
      if (index > 0) {
        const lineBreak = defaultTreeAdapter.createElement('br', spec.NS.HTML, [])
        defaultTreeAdapter.appendChild(element, lineBreak)
      }
      defaultTreeAdapter.insertText(element, line.trim())
    }
    defaultTreeAdapter.appendChild(fragment, element)
  }
  return serialize(fragment)
}

type Cleaning = HtmlSurroundings & {
  readonly counts: Map<string, HtmlChange>
  text: string
  addressCharacters: number
}

class Tangled extends Error {}

/** Throws Tangled. */
function parse(html: string): Tree.DocumentFragment {
  const elementsAllowed = Math.min(elementsMax, elementsFree + html.length / charactersPerElement)
  let elements = 0
  let depth = 0
  const treeAdapter = {
    ...defaultTreeAdapter,
    createElement(name: string, namespace: spec.NS, attributes: Token.Attribute[]) {
      elements++
      if (elements > elementsAllowed || attributes.length > attributesMax) throw new Tangled()
      return defaultTreeAdapter.createElement(name, namespace, attributes)
    },
    onItemPush() {
      depth++
      if (depth > elementDepthMax) throw new Tangled()
    },
    onItemPop() {
      depth--
    },
  }
  // Without scripting, what stands in <noscript> is read as the elements it is: often the real image
  // behind a lazy one.
  return parseFragment(html, { treeAdapter, scriptingEnabled: false })
}

function appendClean(target: Tree.ParentNode, source: Tree.ParentNode, cleaning: Cleaning): void {
  for (const node of source.childNodes) {
    if (defaultTreeAdapter.isTextNode(node)) appendText(target, node.value, cleaning)
    else if (defaultTreeAdapter.isElementNode(node)) appendElement(target, node, cleaning)
  }
}

function appendText(target: Tree.ParentNode, value: string, cleaning: Cleaning): void {
  if (hasIllegalCharacters(value)) count(cleaning, 'characters removed', 'text')
  const text = cleanText(value)
  cleaning.text += text
  // The parser drops a line feed that begins a <pre>; one that shall be seen needs another before it.
  const isFirstOfPre = 'tagName' in target && target.tagName === 'pre' && !target.childNodes.length
  defaultTreeAdapter.insertText(target, isFirstOfPre && text.startsWith('\n') ? `\n${text}` : text)
}

function appendElement(target: Tree.ParentNode, element: Tree.Element, cleaning: Cleaning): void {
  const name = renamedElements[element.tagName] ?? element.tagName
  if (element.tagName === 'iframe') return appendFrameLink(target, element, cleaning)
  if (removedElements.has(name) || element.namespaceURI !== spec.NS.HTML) {
    return count(cleaning, 'element removed', element.tagName)
  }
  if (element.attrs.some((attribute) => attribute.name === 'hidden')) {
    return count(cleaning, 'element removed', `${element.tagName} hidden`)
  }
  if (name === 'img' && isTracker(element)) return count(cleaning, 'tracker removed', 'img')
  if (blockElements.has(name)) cleaning.text += '\n'
  const given = name === 'img' ? withLazySource(element, cleaning.base) : element.attrs
  const attributes = cleanAttributes(name, given, cleaning)
  if (isEmptied(name, attributes)) {
    appendClean(target, element, cleaning)
  } else {
    const copy = defaultTreeAdapter.createElement(name, spec.NS.HTML, attributes)
    appendClean(copy, element, cleaning)
    defaultTreeAdapter.appendChild(target, copy)
  }
  if (blockElements.has(name)) cleaning.text += '\n'
}

/** Whether an element is not in the list, or would do nothing without what it lost. */
function isEmptied(name: string, attributes: readonly Attribute[]): boolean {
  if (!(name in allowedElements)) return true
  const has = (attribute: string) => attributes.some((kept) => kept.name === attribute)
  // A span says a language or a direction, or nothing.
  if (name === 'span') return attributes.length === 0
  if (name === 'img' || name === 'track') return !has('src')
  if (name === 'source') return !has('src') && !has('srcset')
  return name === 'a' && !has('href')
}

// Readers drop frames, yet should get to what a frame of a well-known host shows.
function appendFrameLink(target: Tree.ParentNode, frame: Tree.Element, cleaning: Cleaning): void {
  const attribute = (name: string) => frame.attrs.find((each) => each.name === name)?.value
  const href = httpUrl(attribute('src')?.trim() || 'about:blank', cleaning.base)
  if (!href || !cleaning.embedHosts.includes(new URL(href).host)) {
    return count(cleaning, 'element removed', 'iframe')
  }
  count(cleaning, 'frame linked', href)
  const link = defaultTreeAdapter.createElement('a', spec.NS.HTML, [{ name: 'href', value: href }])
  const figure = defaultTreeAdapter.createElement('figure', spec.NS.HTML, [])
  cleaning.text += '\n'
  appendText(link, attribute('title')?.trim() || href, cleaning)
  cleaning.text += '\n'
  defaultTreeAdapter.appendChild(figure, link)
  defaultTreeAdapter.appendChild(target, figure)
}

type Attribute = { readonly name: string; readonly value: string }

function isTracker(image: Tree.Element): boolean {
  const isTiny = (name: string) =>
    image.attrs.some((each) => each.name === name && /^\s*[01](px)?\s*$/.test(each.value))
  return isTiny('width') && isTiny('height')
}

function cleanAttributes(
  name: string,
  attributes: readonly Attribute[],
  cleaning: Cleaning
): Attribute[] {
  const allowed = allowedElements[name]
  if (!allowed) return []
  const kept: Attribute[] = []
  for (const attribute of attributes) {
    if (!allowed.includes(attribute.name) && !allowedEverywhere.includes(attribute.name)) {
      count(cleaning, 'attribute removed', attribute.name)
      continue
    }
    const value = cleanValue(name, attribute, cleaning)
    if (value !== null) kept.push({ name: attribute.name, value })
  }
  // A player without controls is an empty place on the page.
  const needsControls = name === 'audio' || name === 'video'
  if (needsControls && !kept.some((each) => each.name === 'controls')) {
    kept.push({ name: 'controls', value: '' })
  }
  return kept
}

const lazySources = ['data-src', 'data-original', 'data-lazy-src']

// An image that waits for a script says elsewhere what it shows, unless the same image stands behind it
// for readers without script.
function withLazySource(image: Tree.Element, base: string): readonly Attribute[] {
  const value = (name: string) => image.attrs.find((each) => each.name === name)?.value.trim() ?? ''
  const lazy = lazySources.map(value).find((each) => each !== '')
  // What stands in src until then is a placeholder: nothing, or data.
  const hasSource = value('src') !== '' && httpUrl(value('src'), base) !== null
  if (!lazy || hasSource || isBeforeNoscriptImage(image)) return image.attrs
  const others = image.attrs.filter(({ name }) => name !== 'src' && !lazySources.includes(name))
  return [{ name: 'src', value: lazy }, ...others]
}

function isBeforeNoscriptImage(image: Tree.Element): boolean {
  const siblings = image.parentNode?.childNodes ?? []
  const at = siblings.indexOf(image)
  const next = siblings.slice(at + 1, at + 3).find((node) => defaultTreeAdapter.isElementNode(node))
  return (
    next?.tagName === 'noscript' &&
    next.childNodes.some(
      (node) => defaultTreeAdapter.isElementNode(node) && node.tagName === 'img' && !isTracker(node)
    )
  )
}

function cleanValue(element: string, attribute: Attribute, cleaning: Cleaning): string | null {
  const value = cleanText(attribute.value)
  if (attribute.name === 'srcset') return cleanSrcset(value, cleaning)
  if (!['href', 'src', 'cite', 'poster'].includes(attribute.name)) return value
  // Only a link may mean the page it stands on: an image without an address is waiting for a script.
  if (attribute.name !== 'href' && value.trim() === '') return null
  const resolve = attribute.name === 'href' ? linkUrl : httpUrl
  const url = resolve(value, cleaning.base)
  if (url === null) count(cleaning, 'url removed', `${element} ${attribute.name}`)
  else if (isRelative(value.trim(), url)) {
    count(cleaning, 'url resolved', `${element} ${attribute.name}`)
    cleaning.addressCharacters += url.length
    if (cleaning.addressCharacters > addressCharactersMax) throw new Tangled()
  }
  return url
}

// Most are seen to be one or the other without parsing them again.
function isRelative(value: string, resolved: string): boolean {
  if (value === resolved) return false
  return /^[/#?.]/.test(value) || URL.parse(value) === null
}

// HTML standard §4.8.4.2.1: candidates are a URL and descriptors. Commas may stand inside a URL; at
// its end they end the candidate.
function cleanSrcset(value: string, cleaning: Cleaning): string | null {
  const candidates: string[] = []
  for (const [, url, rest] of value.matchAll(/([^\s,]\S*)(?:(?<!,)\s+([^,]*))?/g)) {
    const absolute = httpUrl((url ?? '').replace(/(?<!,),+$/, ''), cleaning.base)
    const descriptors = (rest ?? '').split(/\s+/).filter((each) => /^[\d.]+[wxh]$/.test(each))
    if (absolute === null) count(cleaning, 'url removed', 'srcset')
    else candidates.push([absolute, ...descriptors].join(' '))
  }
  return candidates.length > 0 ? candidates.join(', ') : null
}

function count(cleaning: Cleaning, kind: HtmlChange['kind'], subject: string): void {
  const key = `${kind} ${subject}`
  const before = cleaning.counts.get(key)?.count ?? 0
  cleaning.counts.set(key, { kind, subject, count: before + 1 })
}
