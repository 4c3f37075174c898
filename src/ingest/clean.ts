// Text is clean where it enters: from a checked item to what is stored, and what had to be changed
// on the way. Beyond this point everything is trusted. No I/O.

import type { ArticleContent, Person } from '../articles/article.ts'
import { indexedWords } from '../articles/search-terms.ts'
import {
  attributesMax,
  cleanHtml,
  elementDepthMax,
  elementsMax,
  htmlFromText,
  type HtmlChange,
} from '../lib/html.ts'
import { jsonPointer } from '../lib/json-pointer.ts'
import { simhash } from '../lib/simhash.ts'
import { slugOf } from '../lib/slug.ts'
import { cleanLine, cleanText, excerpt, hasIllegalCharacters } from '../lib/text.ts'
import { escapeText } from '../lib/xml.ts'
import { cleanAttachments, cleanImage, optionalUrl } from './clean-media.ts'
import { finding, limited, type Finding, type FindingCode } from './findings.ts'
import { bodyMember, lint } from './lint.ts'
import type { Item } from './payload.ts'

const summaryLengthMax = 300

/** A tag as the publisher wrote it, and the slug it comes to. */
export type Tag = { readonly name: string; readonly slug: string }

export type CleanItem = {
  /** All but the topics, which tags become once the aliases are known. */
  readonly content: Omit<ArticleContent, 'topics'>
  readonly tags: readonly Tag[]
  readonly correction: string | null
  readonly simhash: string | null
  /** What it is found by (src/articles/search-terms.ts). */
  readonly words: string
  /** What it adds to a document at most, in bytes, but for its corrections. */
  readonly sizeBytes: number
  readonly findings: readonly Finding[]
}

/** A row of D1 holds 2,000,000 bytes; this leaves room for its other columns. */
export const cleanBytesMax = 1_400_000

export type Surroundings = {
  readonly sourceLanguage: string | null
  /** Hosts whose frames become links; others' frames go. */
  readonly embedHosts: readonly string[]
  readonly now: number
}

type Received = { readonly item: Item; readonly pointer: string; readonly raw: unknown }

/**
 * Cleans an item. 'tangled' when cleanHtml refuses its HTML; 'too large' when it grew past what can be
 * stored, as every "&" that becomes "&amp;" makes it.
 */
export function cleanItem(
  { item, pointer, raw }: Received,
  { sourceLanguage, embedHosts, now }: Surroundings
): CleanItem | 'tangled' | 'too large' {
  const findings = characterFindings(raw, pointer)
  const html = item.content_html ?? htmlFromText(item.content_text ?? '')
  const body = cleanHtml(html, { base: item.url, embedHosts })
  if (!body) return 'tangled'
  findings.push(...htmlFindings(`${pointer}/${bodyMember(item)}`, body.changes))
  const content = {
    url: item.url,
    title: item.title,
    summary: cleanLine(item.summary ?? '') || excerpt(body.text, summaryLengthMax),
    // A body of spaces alone would keep readers from showing the summary instead.
    contentHtml: body.html.trim(),
    language: item.language ?? null,
    publishedAt: item.date_published.seconds,
    utcOffsetMinutes: offsetOnEarth(item.date_published.utcOffsetMinutes),
    expiresAt: item._loa?.expires?.seconds ?? null,
    authors: cleanAuthors(item, pointer, findings),
    image: cleanImage(item, pointer, findings),
    attachments: cleanAttachments(item, pointer, findings),
    via: item._loa?.via ?? null,
    rights: cleanLine(item._loa?.rights ?? '') || null,
    license: item._loa?.license ?? null,
  }
  const tags = cleanTags(item.tags ?? [], `${pointer}/tags`, findings)
  const correction = cleanText(item._loa?.correction ?? '').trim() || null
  const sizeBytes = documentBytes({ ...content, tags })
  if (sizeBytes > cleanBytesMax) return 'too large'
  findings.push(...lint({ item, content, text: body.text, pointer, sourceLanguage, now }))
  const hash = simhash(body.text)
  return {
    content,
    tags,
    correction,
    simhash: hash,
    words: wordsIn(item, content, tags, body.text),
    sizeBytes,
    findings: limited(findings, pointer),
  }
}

/** What an article is found by; a summary only where the publisher gave one. */
function wordsIn(
  item: Item,
  { title, authors }: CleanItem['content'],
  tags: readonly Tag[],
  text: string
): string {
  const names = [...authors, ...tags].map((each) => each.name)
  return indexedWords([title, item.summary ?? '', ...names, text])
}

// xsd:dateTime, which RFC 4287's schema says a date is, ends at +14:00, and no clock on Earth is further off.
function offsetOnEarth(minutes: number): number {
  return minutes < -12 * 60 || minutes > 14 * 60 ? 0 : minutes
}

/**
 * What an article adds to a document at most, but for its corrections: its body as it is, its summary
 * escaped as HTML and as XML (as RSS has it), all else escaped as XML.
 */
function documentBytes({
  contentHtml,
  summary,
  ...rest
}: CleanItem['content'] & Pick<CleanItem, 'tags'>): number {
  const parts = [
    JSON.stringify(contentHtml),
    escapeText(escapeText(summary)),
    escapeText(JSON.stringify(rest)),
  ]
  return new TextEncoder().encode(parts.join('')).length
}

/** Why an item was found 'tangled', for the publisher. */
export const tangled = `nests elements deeper than ${elementDepthMax}, gives one over ${attributesMax} attributes or holds over ${elementsMax} elements or far more than it has tags: this is no article's HTML, look for a loop in what made it`

const htmlCodes: Record<HtmlChange['kind'], FindingCode> = {
  'attribute removed': 'attributes-removed',
  'characters removed': 'characters-removed',
  'element removed': 'elements-removed',
  'frame linked': 'embeds-linked',
  'tracker removed': 'trackers-removed',
  'url removed': 'urls-removed',
  'url resolved': 'urls-resolved',
}

const namesMax = 10
const nameLengthMax = 80

/** One finding for each kind of change that cleaning made to an article's HTML. */
function htmlFindings(pointer: string, changes: readonly HtmlChange[]): Finding[] {
  return [...Map.groupBy(changes, (change) => change.kind)].map(([kind, ofKind]) => {
    const names = [...new Set(ofKind.map((change) => change.subject))]
    const count = ofKind.reduce((sum, change) => sum + change.count, 0)
    const named =
      names
        .slice(0, namesMax)
        .map((name) => excerpt(name, nameLengthMax))
        .join(', ') + (names.length > namesMax ? ' …' : '')
    return finding(htmlCodes[kind], pointer, { names: named, count })
  })
}

function cleanAuthors(item: Item, pointer: string, findings: Finding[]): Person[] {
  // JSON Feed 1.0 knew a single author.
  const authors = item.authors ?? (item.author ? [item.author] : [])
  return authors.flatMap((author, index) => {
    const at = `${pointer}/${item.authors ? `authors/${index}` : 'author'}`
    const name = cleanLine(author.name ?? '')
    const url = optionalUrl(author.url, item.url, `${at}/url`, findings)
    const avatar = optionalUrl(author.avatar, item.url, `${at}/avatar`, findings)
    if (name === '') {
      findings.push(finding('author-unnamed', at))
      return []
    }
    return [{ name, ...(url && { url }), ...(avatar && { avatar }) }]
  })
}

const tagLengthMax = 200

function cleanTags(tags: readonly string[], pointer: string, findings: Finding[]): Tag[] {
  return tags.flatMap((tag, index) => {
    const name = cleanLine(tag)
    const isLong = name.length > tagLengthMax
    const slug = isLong ? '' : slugOf(name)
    if (slug !== '') return [{ name, slug }]
    const code = isLong ? 'tag-long' : 'tag-empty'
    findings.push(finding(code, `${pointer}/${index}`, { max: tagLengthMax }))
    return []
  })
}

const lineMembers = new Set(
  `title summary authors author name tags attachments mime_type _loa via rights image alt caption credit
  correction`.split(/\s+/)
)

/**
 * A warning for each string of a raw item that holds what no feed can carry: control characters, lone
 * surrogates. The body is left to the cleaning of its HTML, which also sees what entities stand for.
 */
function characterFindings(raw: unknown, pointer: string): Finding[] {
  if (typeof raw === 'string') {
    if (!hasIllegalCharacters(raw)) return []
    return [finding('characters-removed', pointer)]
  }
  if (typeof raw !== 'object' || raw === null) return []
  // Members that we do not know are not looked at: nobody gets to see them.
  return Object.entries(raw)
    .filter(([name]) => Array.isArray(raw) || lineMembers.has(name))
    .flatMap(([name, value]) => characterFindings(value, pointer + jsonPointer([name])))
}
