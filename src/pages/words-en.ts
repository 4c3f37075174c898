// The interface in English. No I/O.

import type { Words } from './words.ts'

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

export const english: Words = {
  languageName: 'English',
  skipToContent: 'Skip to the content',
  home: 'Home page',
  sources: 'Sources',
  topics: 'Topics',
  menu: 'Main menu',
  interfaceLanguage: 'Language of this page',
  allFeeds: 'All feeds in one file (OPML)',
  problems: 'Error codes, for developers',
  footer: 'No account, no cookies, no tracking.',

  lead: 'News of several publishers in one place, always with the link to the original. Read it here, follow it in your feed reader, or show it on your own website.',
  newest: 'Newest articles',
  everyArticle: 'All articles and how to subscribe to them',
  allSources: 'All sources',
  allTopics: 'All topics',
  noSources: 'Nobody publishes here yet.',
  howToSubscribe: 'How to subscribe',
  subscribeSteps: [
    'Get a feed reader: an app or a website, for instance Feedly, Inoreader or NetNewsWire.',
    'Open the page of a source or a topic here.',
    'Press the name of your reader there, or copy one of the three addresses into it. From then on news comes to you.',
  ],
  allAtOnce: 'To take all feeds at once, import this file into your reader:',
  recently: (count) => `${count} in 7 days`,
  weeks: (counts) =>
    `Articles a week, over the last ${counts.length} weeks, oldest first: ${counts.join(', ')}`,
  next: 'More',

  search: 'Search',
  searchLabel: 'Search all articles',
  searchHint: 'Accents may be left out: “duong” finds “Đường”.',
  searchFor: (words) => `Search: ${words}`,
  found: (count, isAll) =>
    count === 1 ? 'One article found.' : `${isAll ? '' : 'The newest '}${count} articles found.`,
  nothingFound: 'No article has all of these words. Try fewer, or others.',
  cannotSearch: 'This cannot be searched for. Give one to eight words, 100 characters at most.',
  searchFeed: 'Follow this search in a feed reader:',

  subscribe: 'Subscribe',
  whatIsAFeed:
    'A feed is an address where the newest articles always are, in a form that programs read. Give it to a feed reader once, and every new article, correction and retraction comes to you by itself.',
  addresses: 'The three addresses',
  addressesHint: 'They say the same in three formats; any reader takes at least one.',
  openIn: 'Open in',
  otherReader: 'App on this device',
  copy: 'Copy',
  copyWhat: (what) => `Copy: ${what}`,
  copied: 'Copied',
  articles: 'Articles',
  noArticles: 'There are no articles here yet.',
  older: 'Older articles',
  newestPage: 'Back to the newest',
  olderThan: (title) => `${title}: older articles`,
  corrected: 'corrected',
  neighbours: 'Nearby',
  topicsOfSource: (source) => `What ${source} writes about`,
  sourcesOfTopic: (topic) => `Who writes about “${topic}”`,
  wholeSource: (source) => `All articles of ${source}`,
  wholeTopic: (topic) => `“${topic}” from all sources`,

  by: 'By',
  published: 'Published',
  updated: 'Updated',
  source: 'Source',
  via: 'Taken from',
  original: (host) => `Original at ${host}`,
  corrections: 'Corrections',
  photo: (credit) => `Photo: ${credit}`,
  files: 'Files',
  rights: 'Rights',
  license: 'Licence',
  retractedTitle: 'This article was retracted',
  retracted: 'Its source took it back:',
  expiredTitle: 'This article has expired',
  expired: 'Its source gave it out until:',
  reason: 'Reason:',
  withdrawnHint:
    'If you have republished it, please take it down too. Feed readers are told of it automatically.',

  republish: 'Republish',
  republishArticle: 'Republish this article',
  republishLead:
    'Everything that a copy on your website needs: the text without foreign scripts, who wrote it, where it is from, and on what terms.',
  terms: 'Terms',
  noTerms: (source) => `${source} states none here. Ask before you republish.`,
  fragment: 'The article as HTML',
  fragmentHint: 'Copy it into your page as it is. Names, link and licence must stay.',
  forSearchEngines: 'For search engines',
  canonicalHint:
    'Put this line into the head of your page if the original shall be the one that search engines show:',
  noindexHint: 'Or this one if your agreement says that they shall leave your copy out:',
  keepUpToDate: 'Stay up to date',
  keepUpToDateHint:
    'A copy knows nothing of later corrections and retractions. Follow the feed, which tells of both:',
  backToArticle: 'Back to the article',
  firstPublished: (source) => `First published by ${source}`,
  embed: 'On your website',
  embedHint:
    'These headlines in a box, always up to date. Paste this line where the box shall stand:',
  embedCode: 'HTML of the box',
  embedOptions:
    'In the address: items=1 to 20, theme=auto, light or dark, hl=en or vi. In browsers that can, the box is as tall as what is in it.',
  embedPreview: 'See the box by itself',
  headlines: 'Headlines as plain HTML',
  headlinesHint: 'The newest headlines as of now, with links and source:',
  headlinesFrom: (title) => `Headlines: ${title}`,
  headlinesCode: 'HTML of the headlines',

  notFoundTitle: 'There is nothing here',
  notFound: 'The address may be mistyped, or what stood here was moved.',
  goneTitle: 'This source left the wire',
  gone: 'Its articles were taken back with it. If you subscribed to it, you can unsubscribe.',
  failedTitle: 'Something went wrong on our side',
  failed: 'It was noted. Please try again in a while.',
  unavailableTitle: 'This does not work just now',
  unavailable: 'Please try again in a few seconds.',
  whereNow: 'Go on from here:',
  problemsLead:
    'What each refusal of the programming interface means, and how to mend it. Each is an RFC 9457 problem document whose type leads here.',

  day: ({ year, month, date, weekday }) =>
    `${weekdays[weekday]}, ${date} ${months[month - 1]} ${year}`,
  date: ({ year, month, date }) => `${date} ${months[month - 1]} ${year}`,
  dayAndTime: ({ year, month, date }, time, zone) =>
    `${date} ${months[month - 1]} ${year}, ${time} (UTC${zone})`,
}
