// Texts of Latin letters are read by classes of a few ranges, and most are seen to be clean: both must say what
// Unicode's own classes say, and what cleaning makes of them.

import { describe, it } from 'vitest'

import { indexedWords } from '../../src/articles/search-terms.ts'
import { foldDiacritics } from '../../src/lib/slug.ts'
import { cleanText, countLetters, hasIllegalCharacters, wordsOf } from '../../src/lib/text.ts'
import * as fc from '../support/fast-check.ts'

const unicodeWords = (text: string) => text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
const unicodeLetters = (text: string) => (text.match(/\p{L}/gu) ?? []).join('').length

const unfolded: Record<string, string> = {
  đ: 'd',
  ð: 'd',
  ø: 'o',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
}

function unicodeFolded(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(
      /(^|[^\p{L}\p{M}]|[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])\p{M}+/gu,
      '$1'
    )
    .replace(/[đðøłħıßæœþ]/g, (letter) => unfolded[letter] ?? letter)
    .normalize('NFC')
}

const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]\p{M}*/gu

function unicodeIndexed(text: string): string {
  return unicodeFolded(text)
    .replace(unspaced, ' $& ')
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => word.slice(0, 64))
    .join(' ')
}

const readings = [
  [wordsOf, unicodeWords],
  [countLetters, unicodeLetters],
  [foldDiacritics, unicodeFolded],
  [(text: string) => indexedWords([text]), unicodeIndexed],
] as const

const unitsOf = (from: number, to: number) =>
  fc.integer({ min: from, max: to }).map((code) => String.fromCharCode(code))

// The blocks themselves, what is next to them, and anything.
const unit = fc.oneof(
  { weight: 6, arbitrary: unitsOf(0x20, 0x7e) },
  { weight: 4, arbitrary: unitsOf(0x1e00, 0x1eff) },
  { weight: 2, arbitrary: unitsOf(0, 0x260) },
  { weight: 2, arbitrary: unitsOf(0x1ff0, 0x20d5) },
  { weight: 2, arbitrary: unitsOf(0x2f0, 0x375) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) }
)
const latin = fc.oneof(unitsOf(0x20, 0x24f), unitsOf(0x1e00, 0x1eff), unitsOf(0x2000, 0x206f))
const anyText = fc.oneof(
  fc.string({ unit, maxLength: 200 }),
  fc.string({ unit: latin, maxLength: 200 }),
  fc.string({ unit: latin, maxLength: 100 }).map((text) => text.normalize('NFD'))
)

describe('words, letters and folding', () => {
  it('are what Unicode says of every character, by itself and among others', ({ expect }) => {
    const strange: string[] = []
    for (let code = 0; code < 0x3000; code++) {
      const character = String.fromCharCode(code)
      const text = `${character} a${character}b1${character}`
      const isEqual = readings.every(
        ([read, defined]) => JSON.stringify(read(text)) === JSON.stringify(defined(text))
      )
      if (!isEqual) strange.push(code.toString(16))
    }
    expect(strange).toEqual([])
  })

  it('are what Unicode says of every text', ({ expect }) => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const [read, defined] of readings) expect(read(text)).toEqual(defined(text))
      }),
      { numRuns: 2000 }
    )
  })
})

// eslint-disable-next-line no-control-regex -- control characters are what this is about
const illegal = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\uFFFE\uFFFF]/g

function cleaned(text: string): string {
  const legal = text.toWellFormed().replace(/\r\n?/g, '\n').replace(illegal, '')
  return legal.replace(/(\p{M}{30})\p{M}+/gu, '$1').normalize('NFC')
}

describe('a text that is seen to be clean', () => {
  it('is what cleaning makes of it, character by character', ({ expect }) => {
    const strange: string[] = []
    for (let code = 0; code <= 0xffff; code++) {
      const character = String.fromCharCode(code)
      const text = `a${character}${character}`
      const isIllegal = !text.isWellFormed() || text.search(illegal) >= 0
      const isEqual = cleanText(text) === cleaned(text) && hasIllegalCharacters(text) === isIllegal
      if (!isEqual) strange.push(code.toString(16))
    }
    expect(strange).toEqual([])
  })

  it('is what cleaning makes of it, text by text', ({ expect }) => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(cleanText(text)).toBe(cleaned(text))
      }),
      { numRuns: 2000 }
    )
  })
})
