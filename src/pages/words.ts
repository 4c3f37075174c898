// All text of the interface. Each language has all of it, or the types do not fit. No I/O.

import type { Language } from '../lib/language.ts'
import { english } from './words-en.ts'
import { vietnamese } from './words-vi.ts'

/** A day as a clock on a wall shows it; `weekday` 0 is Sunday. */
export type Day = {
  readonly year: number
  readonly month: number
  readonly date: number
  readonly weekday: number
}

export type Words = {
  /** What this language is called in itself. */
  readonly languageName: string
  readonly skipToContent: string
  readonly home: string
  readonly sources: string
  readonly topics: string
  readonly menu: string
  readonly interfaceLanguage: string
  readonly allFeeds: string
  readonly problems: string
  readonly footer: string

  readonly lead: string
  readonly newest: string
  readonly everyArticle: string
  readonly allSources: string
  readonly allTopics: string
  readonly noSources: string
  readonly howToSubscribe: string
  readonly subscribeSteps: readonly [string, string, string]
  readonly allAtOnce: string
  readonly recently: (count: string) => string
  readonly weeks: (counts: readonly string[]) => string
  readonly next: string

  readonly search: string
  readonly searchLabel: string
  readonly searchHint: string
  readonly searchFor: (words: string) => string
  readonly found: (count: number, isAll: boolean) => string
  readonly nothingFound: string
  readonly cannotSearch: string
  readonly searchFeed: string

  readonly subscribe: string
  readonly whatIsAFeed: string
  readonly addresses: string
  readonly addressesHint: string
  readonly openIn: string
  readonly otherReader: string
  readonly copy: string
  readonly copyWhat: (what: string) => string
  readonly copied: string
  readonly articles: string
  readonly noArticles: string
  readonly older: string
  readonly newestPage: string
  readonly olderThan: (title: string) => string
  readonly corrected: string
  readonly neighbours: string
  readonly topicsOfSource: (source: string) => string
  readonly sourcesOfTopic: (topic: string) => string
  readonly wholeSource: (source: string) => string
  readonly wholeTopic: (topic: string) => string

  readonly by: string
  readonly published: string
  readonly updated: string
  readonly source: string
  readonly via: string
  readonly original: (host: string) => string
  readonly corrections: string
  readonly photo: (credit: string) => string
  readonly files: string
  readonly rights: string
  readonly license: string
  readonly retractedTitle: string
  readonly retracted: string
  readonly expiredTitle: string
  readonly expired: string
  readonly reason: string
  readonly withdrawnHint: string

  readonly republish: string
  readonly republishArticle: string
  readonly republishLead: string
  readonly terms: string
  readonly noTerms: (source: string) => string
  readonly fragment: string
  readonly fragmentHint: string
  readonly forSearchEngines: string
  readonly canonicalHint: string
  readonly noindexHint: string
  readonly keepUpToDate: string
  readonly keepUpToDateHint: string
  readonly backToArticle: string
  readonly firstPublished: (source: string) => string
  readonly embed: string
  readonly embedHint: string
  readonly embedCode: string
  readonly embedOptions: string
  readonly embedPreview: string
  readonly headlines: string
  readonly headlinesHint: string
  readonly headlinesFrom: (title: string) => string
  readonly headlinesCode: string

  readonly notFoundTitle: string
  readonly notFound: string
  readonly goneTitle: string
  readonly gone: string
  readonly failedTitle: string
  readonly failed: string
  readonly unavailableTitle: string
  readonly unavailable: string
  readonly whereNow: string
  readonly problemsLead: string

  readonly day: (day: Day) => string
  readonly date: (day: Day) => string
  /** `zone` is the offset from UTC, as "+7" or "-3:30"; empty where there is none. */
  readonly dayAndTime: (day: Day, time: string, zone: string) => string
}

const words: Readonly<Record<Language, Words>> = { en: english, vi: vietnamese }

export function wordsIn(language: Language): Words {
  return words[language]
}
