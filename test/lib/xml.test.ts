import { describe, it } from 'vitest'

import { cdata, escapeAttribute, escapeText } from '../../src/lib/xml.ts'
import * as fc from '../support/fast-check.ts'
import { heldByXml, parseXml } from '../support/xml.ts'

const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom('<', '>', '&', '"', "'", ']', ']]>', '<![CDATA[', '&amp;', '&#0;', '\r', '\n'),
    fc.constantFrom('\t', '\u0000', '\u0085', '\u2028', '\uFFFE', '\uD800', '\uDC00', '-->', '<?'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })
  ),
})

const hostile = [
  '</x><script>',
  'a && b < c > d',
  ']]>',
  ']]]]>>',
  'a]]>b]]>c',
  ']]>\r]]>',
  '<![CDATA[x]]>',
  '&lt;&#0;&bogus;',
  '"\'',
  ' \t\r\n ',
  '😀\u0000\u0008\u000B\u001F\uFFFE\uFFFF\uD800x\uDFFF',
]

describe('a string in an element', () => {
  const readBack = (text: string) => parseXml(`<x>${escapeText(text)}</x>`).text

  it('is read back as it was', ({ expect }) => {
    for (const text of hostile) expect(readBack(text)).toBe(heldByXml(text))
    fc.assert(
      fc.property(anyText, (text) => {
        expect(readBack(text)).toBe(heldByXml(text))
      })
    )
  })

  it('stays as it is where nothing needs an escape', ({ expect }) => {
    const text = 'Đảng bộ "Vĩnh Lam"\n\t\'năng động\' 😀'
    expect(escapeText(text)).toBe(text)
  })

  it('is escaped once and wholly', ({ expect }) => {
    expect(escapeText('<b>&amp;</b>\r')).toBe('&lt;b&gt;&amp;amp;&lt;/b&gt;&#13;')
  })
})

describe('a string in an attribute', () => {
  const readBack = (text: string) =>
    parseXml(`<x y="${escapeAttribute(text)}" z=""/>`).attributes['y']

  it('is read back as it was, white space included', ({ expect }) => {
    for (const text of hostile) expect(readBack(text)).toBe(heldByXml(text))
    fc.assert(
      fc.property(anyText, (text) => {
        expect(readBack(text)).toBe(heldByXml(text))
      })
    )
  })

  it('adds no attribute of its own', ({ expect }) => {
    const element = parseXml(`<x y="${escapeAttribute('" z="1" onload=\'2\'')}"/>`)
    expect(element.attributes).toEqual({ y: '" z="1" onload=\'2\'' })
  })
})

describe('a string in CDATA', () => {
  const readBack = (text: string) => parseXml(`<x>${cdata(text)}</x>`).text

  it('is read back as it was', ({ expect }) => {
    for (const text of hostile) expect(readBack(text)).toBe(heldByXml(text))
    fc.assert(
      fc.property(anyText, (text) => {
        expect(readBack(text)).toBe(heldByXml(text))
      })
    )
  })

  it('is there letter for letter for those who read the source', ({ expect }) => {
    expect(cdata('<p>a &amp; b</p>')).toBe('<![CDATA[<p>a &amp; b</p>]]>')
  })

  it('has each "]]>" over two sections', ({ expect }) => {
    expect(cdata('a]]>b')).toBe('<![CDATA[a]]]]><![CDATA[>b]]>')
  })

  it('adds no element of its own', ({ expect }) => {
    const element = parseXml(`<x>${cdata(']]><y/><![CDATA[')}</x>`)
    expect(element.children).toEqual([])
    expect(element.text).toBe(']]><y/><![CDATA[')
  })
})

it('only characters that XML cannot hold are dropped, and lone surrogates replaced', ({
  expect,
}) => {
  for (const write of [escapeText, escapeAttribute]) {
    expect(write('a\u0000b\u001Fc\uFFFFd\uD800e')).toBe('abcd\uFFFDe')
    expect(write('\u007F\u0085\u00A0\uFFFD\u{10FFFF}')).toBe('\u007F\u0085\u00A0\uFFFD\u{10FFFF}')
  }
  expect(cdata('a\u0000b\uD800')).toBe('<![CDATA[ab\uFFFD]]>')
})
