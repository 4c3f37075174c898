// What articles are found by: folded words, and terms that stand for their source, topics and language.
// No I/O.
//
// The index knows nothing but tokens, split at spaces. A word is letters, marks and digits alone; every
// other term has a hyphen after its first letter, so that no word can be mistaken for one.

import { foldDiacritics } from '../lib/slug.ts'
import { isComposedLatin, wordsOf } from '../lib/text.ts'

/** Which articles are asked for: of any of these sources, on any of these topics, and so on. */
export type Selection = {
  /** Slugs; of all sources when there are none. */
  readonly sources: readonly string[]
  readonly topics: readonly string[]
  readonly excludedTopics: readonly string[]
  /** A language tag (BCP 47): `vi` selects `vi-VN` too (RFC 4647 §3.3.1). */
  readonly language: string | null
  /** Words that must all be there, whatever their diacritics; in quotes, one after the other. */
  readonly words: string | null
}

// Scripts that put no space between words: there every character stands for itself, and a word is found
// as its characters in a row.
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]\p{M}*/gu

// Nobody searches for more; what is longer is data.
const wordLengthMax = 64

/** The words of a text in their order, folded: `Đường Số 7` gives `duong`, `so`, `7`. */
function foldedWordsOf(text: string): string[] {
  const folded = foldDiacritics(text)
  const spaced = isComposedLatin(folded) ? folded : folded.replace(unspaced, ' $& ')
  return wordsOf(spaced).map((word) => word.slice(0, wordLengthMax))
}

/** How far an article's text is indexed, in characters once folded. */
const indexedLengthMax = 200_000

/** An article's words as the index takes them. */
export function indexedWords(texts: readonly string[]): string {
  const words = texts.map((text) => foldedWordsOf(text).join(' ')).join(' ')
  return words.slice(0, indexedLengthMax)
}

type Filed = {
  readonly source: string
  readonly topics: readonly string[]
  readonly language: string | null
}

/** The terms of an article that are not words. */
export function filingTerms({ source, topics, language }: Filed): string {
  const subtags = language === null ? [] : language.toLowerCase().split('-')
  return [
    anyTerm,
    sourceTerm(source),
    ...topics.map(topicTerm),
    ...subtags.map((_, index) => languageTerm(subtags.slice(0, index + 1).join('-'))),
  ].join(' ')
}

const anyTerm = 'a-'
const sourceTerm = (slug: string) => `s-${slug}`
const topicTerm = (slug: string) => `t-${slug}`
const languageTerm = (tag: string) => `l-${tag}`

/** A selection as an FTS5 expression; every part of it is quoted. */
export function matchExpression(selection: Selection): string {
  const { sources, topics, excludedTopics, language, words } = selection
  const conditions = [
    anyOf(sources.map(sourceTerm)),
    anyOf(topics.map(topicTerm)),
    language === null ? '' : quoted(languageTerm(language.toLowerCase())),
    ...phrasesOf(words ?? '').map((phrase) => quoted(phrase.join(' '))),
  ].filter((condition) => condition !== '')
  // NOT needs something to take away from.
  const wanted = conditions.length > 0 ? conditions.join(' AND ') : quoted(anyTerm)
  return excludedTopics.length > 0
    ? `(${wanted}) NOT ${anyOf(excludedTopics.map(topicTerm))}`
    : wanted
}

function anyOf(terms: readonly string[]): string {
  return terms.length === 0 ? '' : `(${terms.map(quoted).join(' OR ')})`
}

function quoted(term: string): string {
  return `"${term.replaceAll('"', '')}"`
}

/**
 * What is asked for in words, as phrases: each word by itself, what stands in quotes together. A word
 * that folds to several, as `B-52` does, is a phrase of them.
 */
export function phrasesOf(words: string): string[][] {
  return Array.from(words.matchAll(/"([^"]*)"?|[^\s"]+/g), ([whole, inQuotes]) =>
    foldedWordsOf(inQuotes ?? whole)
  ).filter((phrase) => phrase.length > 0)
}
