import { it } from 'vitest'

import { allowedElements, removedElements, renamedElements } from '../../src/lib/html-rules.ts'
import { cleanHtml } from '../../src/lib/html.ts'
import * as fc from '../support/fast-check.ts'

// Elements in which text stands where it was written: not those of tables, which a parser moves out,
// nor those that hold no text.
const special =
  /^(?:br|hr|img|wbr|col|source|track|picture|audio|video|ruby|rt|rp|plaintext|xmp|listing)$|^(?:caption|colgroup|table|t(?:able|body|d|foot|h|head|r))$/
const kept = [
  ...Object.keys(allowedElements),
  ...Object.keys(renamedElements),
  'blink',
  'font',
  'x-custom',
  'span',
].filter((name) => !special.test(name))
// Elements whose content is never text, and which have an end tag.
const removed = [...removedElements].filter((name) =>
  /^(?:button|canvas|dialog|object|script|style|svg|template|textarea|title|math)$/.test(name)
)

type Node =
  | { readonly kind: 'word' }
  | { readonly kind: 'kept' | 'removed'; readonly name: string; readonly children: readonly Node[] }

const { node } = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant<Node>({ kind: 'word' }),
    fc.record({
      kind: fc.constant('kept' as const),
      name: fc.constantFrom(...kept),
      children: fc.array(tie('node'), { maxLength: 4 }),
    }),
    fc.record({
      kind: fc.constant('removed' as const),
      name: fc.constantFrom(...removed),
      children: fc.constant([{ kind: 'word' } as const]),
    })
  ),
}))

/** The HTML of some nodes, and the words in it that must stay and that must go. */
function write(nodes: readonly Node[]) {
  const stay: string[] = []
  const go: string[] = []
  let count = 0
  const text = (each: Node, words: string[]): string => {
    if (each.kind === 'word') {
      const word = `w${count++}w`
      words.push(word)
      return ` ${word} `
    }
    const inside = each.kind === 'removed' ? go : words
    const children = each.children.map((child) => text(child, inside)).join('')
    return `<${each.name}>${children}</${each.name}>`
  }
  const html = nodes.map((each) => text(each, stay)).join('')
  return { html, stay, go }
}

it('every word of a text survives, in its order, but what stands in elements that are removed', ({
  expect,
}) => {
  fc.assert(
    fc.property(fc.array(node, { maxLength: 6 }), (nodes) => {
      const { html, stay, go } = write(nodes)
      const cleaned = cleanHtml(html, { base: 'https://bao.example/', embedHosts: [] })
      const words = (text: string) => text.match(/w\d+w/g) ?? []
      expect(words(cleaned?.text ?? '')).toEqual(stay)
      expect(words(cleaned?.html ?? '')).toEqual(stay)
      for (const word of go) expect(cleaned?.html).not.toContain(word)
    }),
    { numRuns: 1000 }
  )
})
