// What readers and partners would stumble over in an article. Reported, never mended. No I/O.

import type { ArticleContent } from '../articles/article.ts'
import { countLetters, excerpt, lengthOf } from '../lib/text.ts'
import { formatRfc3339 } from '../lib/time.ts'
import { finding, type Finding } from './findings.ts'
import type { Item } from './payload.ts'

// What republishing programmes ask for.
const titleLengthMin = 20
const titleLengthMax = 150
const imageWidthMin = 720
const yearSeconds = 365 * 24 * 3600
const repeatLengthMin = 40

export type Linted = {
  readonly item: Item
  readonly content: Omit<ArticleContent, 'topics'>
  /** The body's text, a line for each block. */
  readonly text: string
  readonly pointer: string
  readonly sourceLanguage: string | null
  readonly now: number
}

/** The member that an item's body comes from. */
export function bodyMember(item: Item): 'content_html' | 'content_text' {
  return item.content_html === undefined ? 'content_text' : 'content_html'
}

export function lint(linted: Linted): Finding[] {
  return [
    ...textFindings(linted),
    ...titleFindings(linted),
    ...imageFindings(linted),
    ...linkFindings(linted),
    ...languageFindings(linted),
    ...dateFindings(linted),
  ]
}

function textFindings({ item, text, pointer }: Linted): Finding[] {
  const at = `${pointer}/${bodyMember(item)}`
  const findings = text === '' ? [finding('text-missing', at)] : []
  const lines = text.split('\n')
  const repeats = lines.filter(
    (line, index) => line.length >= repeatLengthMin && line === lines[index - 1]
  )
  if (repeats[0]) {
    const details = { excerpt: excerpt(repeats[0], 60), count: repeats.length }
    findings.push(finding('paragraph-repeated', at, details))
  }
  if (!item.summary?.trim()) findings.push(finding('summary-missing', `${pointer}/summary`))
  return findings
}

function titleFindings({ content, pointer }: Linted): Finding[] {
  const length = Array.from(content.title).length
  const at = `${pointer}/title`
  if (length > titleLengthMax) return [finding('title-long', at, { length, max: titleLengthMax })]
  if (length < titleLengthMin) return [finding('title-short', at, { length, min: titleLengthMin })]
  return []
}

function imageFindings({ content, pointer }: Linted): Finding[] {
  const { image } = content
  if (!image) return [finding('image-missing', `${pointer}/image`)]
  const findings: Finding[] = []
  if (image.width !== undefined && image.width < imageWidthMin) {
    const details = { width: image.width, min: imageWidthMin }
    findings.push(finding('image-small', `${pointer}/_loa/image/width`, details))
  }
  if (!image.credit) findings.push(finding('credit-missing', `${pointer}/_loa/image`))
  return findings
}

function linkFindings({ item, content, pointer }: Linted): Finding[] {
  const inBody = content.contentHtml.match(/\s(?:href|src|poster)="http:/g)?.length ?? 0
  const findings: Finding[] = []
  if (inBody > 0)
    findings.push(finding('links-insecure', `${pointer}/${bodyMember(item)}`, { count: inBody }))
  if (content.url.startsWith('http:')) {
    findings.push(finding('links-insecure', `${pointer}/url`, { count: 1 }))
  }
  if (content.image?.url.startsWith('http:')) {
    findings.push(finding('links-insecure', `${pointer}/image`, { count: 1 }))
  }
  return findings
}

function languageFindings({ content, text, pointer, sourceLanguage }: Linted): Finding[] {
  const at = `${pointer}/language`
  const language = content.language ?? sourceLanguage
  if (language === null) return [finding('language-missing', at)]
  if (looksLike(language, `${content.title}\n${text}`.slice(0, sampleLength))) return []
  return [finding('language-unlike', at, { language })]
}

const lettersMin = 100
// The beginning of a text is enough to tell its language by, and costs the same for any length.
const sampleLength = 2000

// Scripts by the code that Intl.Locale gives a language, each with what its letters are.
const scripts: Record<string, RegExp> = {
  Arab: /\p{Script=Arabic}+/gu,
  Cyrl: /\p{Script=Cyrillic}+/gu,
  Deva: /\p{Script=Devanagari}+/gu,
  Grek: /\p{Script=Greek}+/gu,
  Hans: /\p{Script=Han}+/gu,
  Hant: /\p{Script=Han}+/gu,
  Hebr: /\p{Script=Hebrew}+/gu,
  Jpan: /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu,
  Khmr: /\p{Script=Khmer}+/gu,
  Kore: /\p{Script=Hangul}+/gu,
  Laoo: /\p{Script=Lao}+/gu,
  Latn: /\p{Script=Latin}+/gu,
  Thai: /\p{Script=Thai}+/gu,
}

// Hardly a Vietnamese word in ten lacks all of these; in lower case, from ạ to ỹ there is nothing else.
const vietnameseMarks = /[ăâđêôơưạ-ỹ]+/g

/** Whether a text may be in a language: by its script, and for Vietnamese by its marks. */
function looksLike(language: string, text: string): boolean {
  const letters = countLetters(text)
  if (letters < lettersMin) return true
  const { primary, script } = maximized(language)
  const own = scripts[script]
  if (own && lengthOf(text, own) < letters / 2) return false
  const marks = lengthOf(text.toLowerCase(), vietnameseMarks) / letters
  if (primary === 'vi') return marks > 0.03
  // Another language that is written in Latin letters has few of them.
  return script !== 'Latn' || marks < 0.08
}

type Maximized = { readonly primary: string; readonly script: string }

// To ask for it takes longer than to read the text; and a wire knows few languages.
const known = new Map<string, Maximized>()
const knownMax = 100

function maximized(tag: string): Maximized {
  const found = known.get(tag)
  if (found) return found
  const { language, script = '' } = new Intl.Locale(tag).maximize()
  if (known.size < knownMax) known.set(tag, { primary: language, script })
  return { primary: language, script }
}

function dateFindings({ item, content, pointer, now }: Linted): Finding[] {
  const findings: Finding[] = []
  const at = `${pointer}/date_published`
  if (content.publishedAt > now) {
    const date = formatRfc3339(content.publishedAt, content.utcOffsetMinutes)
    findings.push(finding('date-future', at, { date }))
  } else if (content.publishedAt < now - yearSeconds) {
    findings.push(finding('date-old', at))
  }
  // An article that waits for its date may have been touched then, too.
  if ((item.date_modified?.seconds ?? 0) > Math.max(now, content.publishedAt)) {
    findings.push(finding('modified-future', `${pointer}/date_modified`))
  }
  if (content.expiresAt !== null && content.expiresAt <= now) {
    findings.push(finding('expires-past', `${pointer}/_loa/expires`))
  }
  return findings
}
