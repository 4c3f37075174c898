// What text must be before it is stored: well-formed Unicode, NFC, and nothing XML 1.0 §2.2 forbids.
// No I/O.

// XML 1.0 §2.2 Char, negated. Surrogates are dealt with by toWellFormed. C1 controls are legal in XML
// but no newsroom means them.
// eslint-disable-next-line no-control-regex -- control characters are what this is about
const illegal = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\uFFFE\uFFFF]/g

// Unicode 15 §23.2: embeddings and overrides can turn the text around them; isolates that are not
// closed can too. Marks (U+200E, U+200F, U+061C) are harmless.
const bidiControls = /[\u202A-\u202E\u2066-\u2069]/g

// UAX #15 §13, Stream-Safe Text: no letter of any language carries more than 30 marks, and to put more
// in order takes quadratic time.
const surplusMarks = /(\p{M}{30})\p{M}+/gu

// All marks of all scripts are among these. Not among them are Latin letters with their accents,
// Vietnamese ones too, and most punctuation: to see that is ten times as fast as to look for marks.
const beyondLatin = /[\u0300-\u1DFF\u20D0-\uFFFF]/

// What is not of these blocks: composed letters of Latin script, Vietnamese ones among them, with their
// digits, punctuation and currency signs. Within them a few ranges say what \p{L} and its like say; a class
// of many ranges costs a call of a function for each character.
const beyondComposedLatin = /[^\0-\u024F\u1E00-\u1EFF\u2000-\u206F\u20A0-\u20CF]/
const latinWords = /[0-9A-Za-zª²³µ¹º¼-¾À-ÖØ-öø-ɏḀ-ỿ]+/g
const words = /[\p{L}\p{M}\p{N}]+/gu
const latinLetters = /[A-Za-zªµºÀ-ÖØ-öø-ɏḀ-ỿ]+/g
const letters = /\p{L}+/gu

/** Whether all letters of a text are Latin, marks are composed with them, and nothing is unusual. */
export function isComposedLatin(text: string): boolean {
  return !beyondComposedLatin.test(text)
}

/** The words of a text of any script: its runs of letters, marks and digits. */
export function wordsOf(text: string): string[] {
  return text.match(isComposedLatin(text) ? latinWords : words) ?? []
}

/** How many UTF-16 units of a text are letters. */
export function countLetters(text: string): number {
  return lengthOf(text, isComposedLatin(text) ? latinLetters : letters)
}

/** How many UTF-16 units of a text the matches of a global expression have together. */
export function lengthOf(text: string, expression: RegExp): number {
  // Runs of characters are found faster than each of them.
  return text.match(expression)?.reduce((sum, run) => sum + run.length, 0) ?? 0
}

// What is of these blocks alone is clean as it is: no control, nothing that composes or is written otherwise in
// NFC, as U+2000 and U+2001 are. To see that takes a tenth of the time of what follows.
const perhapsUnclean = /[^\t\n\x20-\x7E\xA0-\u024F\u1E00-\u1EFF\u2002-\u206F\u20A0-\u20CF]/

/** Text of any length with its lines: a body, a note. */
export function cleanText(text: string): string {
  if (!perhapsUnclean.test(text)) return text
  const legal = text.toWellFormed().replace(/\r\n?/g, '\n').replace(illegal, '')
  const bounded = beyondLatin.test(legal) ? legal.replace(surplusMarks, '$1') : legal
  return bounded.normalize('NFC')
}

/** Text on one line that stands among other text: a title, a name. Also drops bidi controls. */
export function cleanLine(text: string): string {
  return cleanText(text.replace(bidiControls, '')).replace(/\s+/g, ' ').trim()
}

/** Whether cleaning would take characters away, other than by normalising them. */
export function hasIllegalCharacters(text: string): boolean {
  return perhapsUnclean.test(text) && (!text.isWellFormed() || text.search(illegal) >= 0)
}

/** A text of lines without what spaces and empty lines there are too many. */
export function withSingleSpaces(text: string): string {
  return (
    text
      // But for those that are single already: most of them.
      .replace(/[^\S\n]{2,}|[^\S\n ]/g, ' ')
      .replace(/ ?\n[\n ]*/g, '\n')
      .trim()
  )
}

/**
 * The beginning of a text as one line, cut after a sentence or else a word, with "…" where words
 * were left out. `lengthMax` counts UTF-16 units, the ellipsis included.
 */
export function excerpt(text: string, lengthMax: number): string {
  const line = text.replace(/\s+/g, ' ').trim()
  if (line.length <= lengthMax) return line
  const sentence = /^.*[.!?…](?=\s)/su.exec(line.slice(0, lengthMax + 1))?.[0] ?? ''
  if (sentence.length >= lengthMax / 2) return sentence
  const start = line.slice(0, lengthMax - 1)
  const word = line.lastIndexOf(' ', lengthMax - 1)
  // A cut inside a surrogate pair would leave half a character.
  return (word > lengthMax / 2 ? start.slice(0, word) : start.replace(/[\uD800-\uDBFF]$/, '')) + '…'
}
