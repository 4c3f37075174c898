// Reads XML as strictly as XML 1.0 and Namespaces ask (saxes): what is not well-formed throws.

import { SaxesParser } from 'saxes'

export type XmlElement = {
  /** With the prefix of the table below, whatever prefix the document uses. */
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  /** The character data directly within. */
  readonly text: string
}

const prefixes: Record<string, string> = {
  '': '',
  'http://www.w3.org/2005/Atom': 'atom:',
  'http://purl.org/atompub/tombstones/1.0': 'at:',
  'http://purl.org/rss/1.0/modules/content/': 'content:',
  'http://purl.org/syndication/history/1.0': 'fh:',
  'http://purl.org/dc/elements/1.1/': 'dc:',
  'http://search.yahoo.com/mrss/': 'media:',
  'http://backend.userland.com/creativeCommonsRssModule': 'creativeCommons:',
}

type OpenElement = XmlElement & { children: XmlElement[]; text: string }

export function parseXml(document: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true })
  const top: OpenElement = { name: '', attributes: {}, children: [], text: '' }
  const open = [top]
  const innermost = () => open.at(-1) ?? top
  parser.on('opentag', (tag) => {
    const prefix = prefixes[tag.uri]
    if (prefix === undefined)
      throw new Error(`<${tag.name}> is in an unknown namespace: ${tag.uri}`)
    const attributes: Record<string, string> = {}
    for (const { name, value } of Object.values(tag.attributes)) {
      if (!/^xmlns(?::|$)/.test(name)) attributes[name] = value
    }
    const element: OpenElement = { name: prefix + tag.local, attributes, children: [], text: '' }
    innermost().children.push(element)
    open.push(element)
  })
  parser.on('closetag', () => open.pop())
  parser.on('text', (text) => (innermost().text += text))
  parser.on('cdata', (text) => (innermost().text += text))
  for (const event of ['doctype', 'processinginstruction', 'comment'] as const) {
    parser.on(event, () => {
      throw new Error(`no feed of ours holds a ${event}`)
    })
  }
  parser.write(document).close()
  const root = top.children[0]
  if (!root) throw new Error('the document is empty')
  return root
}

export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name)
}

/** The only child of that name; throws when there are none or several. */
export function childOf(element: XmlElement, name: string): XmlElement {
  const [child, ...others] = childrenOf(element, name)
  if (!child) throw new Error(`<${element.name}> has no <${name}>`)
  if (others.length > 0) throw new Error(`<${element.name}> has several <${name}>`)
  return child
}

/** The text of the only child of that name, null when there is none; throws when there are several. */
export function textOf(element: XmlElement, name: string): string | null {
  return childrenOf(element, name).length === 0 ? null : childOf(element, name).text
}

/** An element and everything in it. */
export function elementsOf(element: XmlElement): XmlElement[] {
  return [element, ...element.children.flatMap(elementsOf)]
}

// These say in attributes all that they say.
const saidInAttributes = /^(?:atom:link|atom:category|at:deleted-entry|enclosure|media:content)$/

/** The elements that say nothing, and those with an attribute that says nothing. */
export function emptyElementsOf(root: XmlElement): XmlElement[] {
  return elementsOf(root).filter(({ name, attributes, children, text }) => {
    const values = Object.values(attributes)
    if (values.includes('')) return true
    if (saidInAttributes.test(name) && values.length > 0) return false
    return text === '' && children.length === 0
  })
}

/** What of a string XML 1.0 can hold: code point by code point as §2.2 lists them. */
export function heldByXml(text: string): string {
  let held = ''
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if (code >= 0xd800 && code <= 0xdfff) held += '\uFFFD'
    else if (code === 0x9 || code === 0xa || code === 0xd) held += character
    else if (code >= 0x20 && code !== 0xfffe && code !== 0xffff) held += character
  }
  return held
}
