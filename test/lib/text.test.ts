import { describe, it } from 'vitest'

import { cleanLine, cleanText, excerpt, hasIllegalCharacters } from '../../src/lib/text.ts'
import * as fc from '../support/fast-check.ts'
import { heldByXml } from '../support/xml.ts'

const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      'a',
      'e',
      '\u0301',
      '\u0323',
      ' ',
      '\t',
      '\n',
      '\r',
      '\u0000',
      '\u000B',
      '\u0085',
      '\uFFFE'
    ),
    fc.constantFrom('\uD83D', '\uDE00', '\u202E', '\u2066', '\u2069', '\u200F', '\u00A0', '.', '?'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })
  ),
})

describe('a cleaned text', () => {
  it('keeps Vietnamese, emoji, tabs and lines as they are', ({ expect }) => {
    const text = 'Đảng bộ\tVĩnh Lam 👍🏽\n\nNghĩa tình, “năng động”…'
    expect(cleanText(text)).toBe(text)
  })

  it('is composed', ({ expect }) => {
    expect(cleanText('Kinh tế'.normalize('NFD'))).toBe('Kinh tế'.normalize('NFC'))
  })

  it('has one kind of line end', ({ expect }) => {
    expect(cleanText('a\r\nb\rc\nd\r\r\ne')).toBe('a\nb\nc\nd\n\ne')
  })

  it('leaves no lone surrogate', ({ expect }) => {
    expect(cleanText('a\uD83Db\uDE00c')).toBe('a\uFFFDb\uFFFDc')
    expect(cleanText('\uDE00\uD83D')).toBe('\uFFFD\uFFFD')
    expect(cleanText('😀')).toBe('😀')
  })

  it('does not join two lone surrogates by taking away what was between', ({ expect }) => {
    expect(cleanText('\uD83D\u0000\uDE00')).toBe('\uFFFD\uFFFD')
  })

  it('holds no control character but tab and line feed', ({ expect }) => {
    const controls = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code))
    const kept = cleanText(controls.map((control) => `${control}|`).join(''))
    expect(kept).not.toMatch(/[^\t\n\x20-\x7E|]/)
    expect(kept).toContain('\t|\n|')
    expect(cleanText('a\uFFFEb\uFFFFc')).toBe('abc')
  })

  it('is whole for XML, is composed, and cleaned again is the same', ({ expect }) => {
    fc.assert(
      fc.property(anyText, (text) => {
        const clean = cleanText(text)
        expect(heldByXml(clean)).toBe(clean)
        expect(clean.isWellFormed()).toBe(true)
        expect(clean.normalize('NFC')).toBe(clean)
        expect(clean).not.toContain('\r')
        expect(cleanText(clean)).toBe(clean)
      })
    )
  })

  it('has at most 30 marks on a letter, whatever script they are of', ({ expect }) => {
    // One of each block that has any, of two units too.
    for (const mark of [
      '\u0301',
      '\u0591',
      '\u0E49',
      '\u1AB0',
      '\u1DC4',
      '\u20D0',
      '\uFE20',
      '\u{1D167}',
    ]) {
      expect(cleanText(`x${mark.repeat(40)}`).length, mark).toBeLessThanOrEqual(
        1 + 30 * mark.length
      )
    }
    // No mark is where texts are not looked through for them.
    for (let code = 0; code < 0x20d0; code++) {
      if (code >= 0x300 && code < 0x1e00) continue
      expect(/\p{M}/u.test(String.fromCharCode(code)), code.toString(16)).toBe(false)
    }
  })

  it('keeps marks of direction, embeddings and isolates', ({ expect }) => {
    const text = 'a\u200Eb\u200Fc\u061Cd\u2067e\u2069f\u202Bg\u202C'
    expect(cleanText(text)).toBe(text)
  })
})

describe('a cleaned line', () => {
  it('has no ends and no line in it', ({ expect }) => {
    expect(cleanLine('  Kinh tế \r\n\t số\u2028 hôm\u00A0nay\n')).toBe('Kinh tế số hôm nay')
  })

  it('cannot turn the text around it', ({ expect }) => {
    expect(cleanLine('a\u202Ab\u202Bc\u202Cd\u202De\u202Ef')).toBe('abcdef')
    expect(cleanLine('a\u2066b\u2067c\u2068d\u2069e')).toBe('abcde')
  })

  it('keeps the marks of direction, which are harmless', ({ expect }) => {
    expect(cleanLine('a\u200Eb\u200Fc\u061Cd')).toBe('a\u200Eb\u200Fc\u061Cd')
  })

  it('is composed even where a control stood between letter and mark', ({ expect }) => {
    expect(cleanLine('a\u202A\u0301')).toBe('\u00E1')
  })

  it('is empty when nothing is left to see', ({ expect }) => {
    for (const text of ['', ' \n\t', '\u0000\u0001', '\u202E\u2069', '\uFEFF']) {
      expect(cleanLine(text)).toBe('')
    }
  })

  it('cleaned again is the same, as a line and as a text', ({ expect }) => {
    fc.assert(
      fc.property(anyText, (text) => {
        const line = cleanLine(text)
        expect(cleanLine(line)).toBe(line)
        expect(cleanText(line)).toBe(line)
        expect(line).not.toMatch(/^\s|\s$|\s\s|[\n\u202A-\u202E\u2066-\u2069]/)
      })
    )
  })
})

describe('what cleaning would take away', () => {
  it('is noticed', ({ expect }) => {
    for (const text of ['\u0000', 'a\u0007b', '\u007F', '\u0080', '\uFFFF', '\uD800', 'a\uDFFF']) {
      expect(hasIllegalCharacters(text), JSON.stringify(text)).toBe(true)
    }
  })

  it('is not claimed of texts that are merely normalised', ({ expect }) => {
    for (const text of ['', 'a\r\nb\tc', 'e\u0301', '😀', '\u202E', '\u00A0', '\uFFFD']) {
      expect(hasIllegalCharacters(text), JSON.stringify(text)).toBe(false)
    }
  })

  it('is noticed each time it is asked', ({ expect }) => {
    expect([1, 2, 3].map(() => hasIllegalCharacters('ab\u0000'))).toEqual([true, true, true])
  })

  it('is nothing once a text is clean', ({ expect }) => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(hasIllegalCharacters(cleanText(text))).toBe(false)
      })
    )
  })
})

describe('an excerpt', () => {
  const text = 'Vĩnh Lam mở phiên chợ. Bà con đến từ sáng sớm, hàng bày kín hai bên bờ sông.'

  it('is the whole text, on one line, when that is short enough', ({ expect }) => {
    expect(excerpt(' Vĩnh Lam\n mở  chợ. ', 100)).toBe('Vĩnh Lam mở chợ.')
    expect(excerpt('a'.repeat(20), 20)).toBe('a'.repeat(20))
    expect(excerpt('', 20)).toBe('')
  })

  it('ends after a sentence where one ends late enough', ({ expect }) => {
    expect(excerpt(text, 40)).toBe('Vĩnh Lam mở phiên chợ.')
    expect(excerpt('Ai đến? Bà con đến từ sáng sớm', 12)).toBe('Ai đến?')
  })

  it('ends after a word, with an ellipsis, where none does', ({ expect }) => {
    expect(excerpt(text, 60)).toBe('Vĩnh Lam mở phiên chợ. Bà con đến từ sáng sớm, hàng bày kín…')
    expect(excerpt('A. Bà con đến từ sáng sớm hôm nay', 24)).toBe('A. Bà con đến từ sáng…')
  })

  it('does not take the dot in a number for the end of a sentence', ({ expect }) => {
    expect(excerpt('Giá vàng lên 74.500 đồng một chỉ', 24)).toBe('Giá vàng lên 74.500…')
  })

  it('cuts a word that is too long, yet no character', ({ expect }) => {
    expect(excerpt('a'.repeat(30), 10)).toBe(`${'a'.repeat(9)}…`)
    expect(excerpt('ab😀cdefgh', 4)).toBe('ab…')
  })

  it('is a line that is no longer than asked, and begins as the text does', ({ expect }) => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 40 }), (any, max) => {
        const short = excerpt(any, max)
        expect(short.length).toBeLessThanOrEqual(max)
        expect(short).not.toMatch(/[\r\n]|^\s|\s$/)
        expect(any.replace(/\s+/g, ' ').trim()).toContain(short.replace(/…$/, ''))
        expect(short.isWellFormed()).toBe(any.isWellFormed())
      })
    )
  })
})
