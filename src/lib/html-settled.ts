// Which cleaned HTML is seen to stay as it is, parsed and cleaned once more: that of plain articles, whose
// blocks stand in blocks, and in whose paragraphs is nothing but text, links, images and emphasis. No I/O.

import { defaultTreeAdapter } from 'parse5'
import type { DefaultTreeAdapterTypes as Tree } from 'parse5'

import { httpUrl, linkUrl } from './url.ts'

const inline = new Set('a b br em i img strong sub sup u'.split(' '))
const lists = new Set(['ol', 'ul'])
// What a block may stand in, beside the fragment itself; a list item stands in a list alone.
const containers = new Set('blockquote figcaption figure li'.split(' '))
const blocks = new Set('blockquote figcaption figure h2 h3 h4 ol p ul'.split(' '))

type Attribute = { readonly name: string; readonly value: string }

/**
 * Whether a cleaned tree is the one that its serialisation is parsed and cleaned to. True only where cleaning
 * has changed nothing of the source's elements and texts, and where the parser makes of each tag just what
 * it says: no block stands in an inline element, so none is closed or opened again by another.
 */
export function isSettled(
  source: Tree.ParentNode,
  cleaned: Tree.ParentNode,
  base: string
): boolean {
  const { childNodes } = cleaned
  return (
    childNodes.length === source.childNodes.length &&
    childNodes.every((node, index) => isSettledNode(source.childNodes[index], node, base))
  )
}

function isSettledNode(
  source: Tree.ChildNode | undefined,
  cleaned: Tree.ChildNode,
  base: string
): boolean {
  if (!source) return false
  if (defaultTreeAdapter.isTextNode(cleaned))
    return defaultTreeAdapter.isTextNode(source) && source.value === cleaned.value
  if (!defaultTreeAdapter.isElementNode(cleaned) || !defaultTreeAdapter.isElementNode(source))
    return false
  return (
    source.tagName === cleaned.tagName &&
    mayStandIn(cleaned.tagName, cleaned.parentNode) &&
    cleaned.attrs.every((each) => isUnchanged(source, each) || isResolved(each, base)) &&
    isSettled(source, cleaned, base)
  )
}

function isUnchanged(source: Tree.Element, { name, value }: Attribute): boolean {
  return source.attrs.some((each) => each.name === name && each.value === value)
}

// To resolve it again gives the same.
function isResolved({ name, value }: Attribute, base: string): boolean {
  if (name === 'href') return linkUrl(value, base) === value
  return name === 'src' && httpUrl(value, base) === value
}

function mayStandIn(name: string, parent: Tree.ParentNode | null): boolean {
  const outer = parent && 'tagName' in parent ? parent.tagName : null
  if (name === 'li') return outer !== null && lists.has(outer)
  if (blocks.has(name)) return outer === null || containers.has(outer)
  if (!inline.has(name) || (outer !== null && lists.has(outer))) return false
  return name !== 'a' || !isInLink(parent)
}

function isInLink(parent: Tree.ParentNode | null): boolean {
  for (let outer = parent; outer && 'tagName' in outer; outer = outer.parentNode) {
    if (outer.tagName === 'a') return true
  }
  return false
}
