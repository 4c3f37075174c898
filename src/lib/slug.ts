// Slugs are identity: the topic `Kinh tế` is `kinh-te` for ever. So these rules may only grow, never
// change, and are our own rather than a library's, whose next release would rename topics. No I/O.

import { isComposedLatin } from './text.ts'

const slugLengthMax = 100
// What comes after cannot change the first hundred characters of a slug that anybody means.
const nameLengthMax = 1000

// Letters that no Unicode decomposition takes apart.
const folded: Record<string, string> = {
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

/**
 * The slug of a name: lower case, diacritics folded (`Đảng bộ` gives `dang-bo`, composed or
 * decomposed alike), every run of anything but letters and digits one hyphen. Letters of scripts
 * without case or Latin base stay. At most 100 characters; empty when the name has no letter or digit.
 */
export function slugOf(name: string): string {
  const slug = foldDiacritics(name.slice(0, nameLengthMax))
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
  return Array.from(slug).slice(0, slugLengthMax).join('').replace(/-$/, '')
}

/** Lower case without diacritics, `đ` folded to `d` as well, which NFD leaves alone. */
export function foldDiacritics(text: string): string {
  return withoutMarks(text.normalize('NFKD').toLowerCase())
    .replace(/[đðøłħıßæœþ]/g, (letter) => folded[letter] ?? letter)
    .normalize('NFC')
}

// Latin, Greek and Cyrillic letters lose their marks; in Thai or Hindi these are vowels and tones.
const marks = /(^|[^\p{L}\p{M}]|[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])\p{M}+/gu

function withoutMarks(decomposed: string): string {
  // Where nothing but these marks is beyond Latin, all of them go: to say so is three times as fast.
  const bare = decomposed.replace(/[\u0300-\u036F]+/g, '')
  return isComposedLatin(bare) ? bare : decomposed.replace(marks, '$1')
}
