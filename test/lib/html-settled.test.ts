// HTML that is seen to be settled is not cleaned twice: it must be what cleaning it twice would give, to the
// letter, and so must its text.

import { describe, it } from 'vitest'

import { cleanHtml } from '../../src/lib/html.ts'
import * as fc from '../support/fast-check.ts'

const surroundings = { base: 'https://bao.example/tin/1', embedHosts: ['video.example'] }

const names =
  'a b br em i img strong sub sup u p h2 h3 ul ol li blockquote figure figcaption'.split(' ')
// What makes a tree another one, here and there.
const others = 'div span table td tr pre h1 svg iframe section form noscript template'.split(' ')
const attributes = [
  'href="/a"',
  'href="https://a.example/"',
  'href="mailto:a@b.example"',
  'href="ht tp:"',
  'href=""',
  'src="/a.jpg"',
  'src="b.jpg"',
  'src=""',
  'src="data:,"',
  'data-src="/c.jpg"',
  'srcset="a 1x"',
  'title="x"',
  'title="x"',
  'title="á"',
  'width="1"',
  'width="1" height="1"',
  'alt="&nbsp;&quot;"',
  'height="1"',
  'hidden',
  'class="x"',
  'lang="vi"',
  'cite="/x"',
  'start="2"',
  'value="1"',
]
const texts = [
  'x',
  ' ',
  '\n',
  'Mưa ',
  'e',
  '́',
  '&amp;',
  '&lt;b>',
  '&nbsp;',
  '&#13;',
  '&#xFEFF;',
  '﻿',
  '😀',
  '<!-- -->',
  '<',
  '>',
  '&',
  '',
  ' ',
  '\r\n',
  '\xA0',
]

const openTag = fc
  .tuple(
    fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...names) }, fc.constantFrom(...others)),
    fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.subarray(attributes, { maxLength: 3 }))
  )
  .map(([name, given]) => ({ name, tag: `<${[name, ...given].join(' ')}>` }))

const text = fc.array(fc.constantFrom(...texts), { maxLength: 3 }).map((parts) => parts.join(''))

// Well nested, mostly: that is what is seen to be settled.
const { node } = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5 },
    text,
    fc
      .tuple(openTag, fc.array(tie('node'), { maxLength: 4 }))
      .map(([{ name, tag }, children]) => `${tag}${children.join('')}</${name}>`),
    openTag.map(({ tag }) => tag)
  ),
}))
// As newsrooms write: blocks, and inline elements within.
const span = fc
  .tuple(fc.constantFrom('a href="/x"', 'b', 'em', 'strong'), text)
  .map(([tag, inner]) => `<${tag}>${inner}</${tag.charAt(0) === 'a' ? 'a' : tag}>`)
const plain = fc
  .array(
    fc
      .tuple(
        fc.constantFrom('p', 'h2', 'li', 'blockquote'),
        fc.array(fc.oneof(text, span), { maxLength: 5 })
      )
      .map(([tag, parts]) => `<${tag}>${parts.join('')}</${tag}>`),
    { maxLength: 4 }
  )
  .map((parts) => parts.join('\n'))

const anyHtml = fc.oneof(
  fc.array(node, { maxLength: 4 }).map((parts) => parts.join('')),
  plain
)

describe('HTML that was cleaned once', () => {
  it('is settled, whatever was seen of it', ({ expect }) => {
    fc.assert(
      fc.property(anyHtml, (html) => {
        const once = cleanHtml(html, surroundings)
        const twice = cleanHtml(once?.html ?? '', surroundings)
        expect(twice?.html).toBe(once?.html)
        expect(twice?.text).toBe(once?.text)
      }),
      { numRuns: 4000 }
    )
  })
})
