// Text is clean where it enters: from a checked item to what is stored, and what had to be changed
// on the way. Beyond this point everything is trusted. No I/O.

import type { ArticleContent, Attachment, Image, Person } from '../articles/article.ts'
import { attributesMax, cleanHtml, elementDepthMax, htmlFromText } from '../lib/html.ts'
import { slugOf } from '../lib/slug.ts'
import { cleanLine, cleanText, excerpt, hasIllegalCharacters } from '../lib/text.ts'
import { httpUrl } from '../lib/url.ts'
import { htmlFindings, info, warning, type Finding } from './findings.ts'
import type { Item } from './payload.ts'

const summaryLengthMax = 300

/** A tag as the publisher wrote it, and the slug it comes to. */
export type Tag = { readonly name: string; readonly slug: string }

export type CleanItem = {
  /** All but the topics, which tags become once the aliases are known. */
  readonly content: Omit<ArticleContent, 'topics'>
  readonly tags: readonly Tag[]
  /** What it adds to a document, in bytes of JSON. */
  readonly sizeBytes: number
  readonly findings: readonly Finding[]
}

/** A row of D1 holds 2,000,000 bytes; this leaves room for its other columns. */
export const cleanBytesMax = 1_400_000

/**
 * Cleans an item. 'tangled' when its HTML nests too deeply or a tag has too many attributes; 'too
 * large' when it grew past what can be stored, as every "&" that becomes "&amp;" makes it.
 */
export function cleanItem(
  item: Item,
  pointer: string,
  raw: unknown
): CleanItem | 'tangled' | 'too large' {
  const findings = characterFindings(raw, pointer)
  const isHtml = item.content_html !== undefined
  const body = cleanHtml(item.content_html ?? htmlFromText(item.content_text ?? ''), item.url)
  if (!body) return 'tangled'
  const bodyPointer = `${pointer}/${isHtml ? 'content_html' : 'content_text'}`
  findings.push(...htmlFindings(bodyPointer, body.changes), ...textFindings(body.text, bodyPointer))
  const content = {
    url: item.url,
    title: item.title,
    summary: cleanLine(item.summary ?? '') || excerpt(body.text, summaryLengthMax),
    contentHtml: body.html,
    language: item.language ?? null,
    publishedAt: item.date_published.seconds,
    utcOffsetMinutes: item.date_published.utcOffsetMinutes,
    authors: cleanAuthors(item, pointer, findings),
    image: cleanImage(item, pointer, findings),
    attachments: cleanAttachments(item, pointer, findings),
    via: item._loa?.via ?? null,
    rights: cleanLine(item._loa?.rights ?? '') || null,
    license: item._loa?.license ?? null,
  }
  const sizeBytes = new TextEncoder().encode(JSON.stringify(content)).length
  if (sizeBytes > cleanBytesMax) return 'too large'
  const tags = cleanTags(item.tags ?? [], `${pointer}/tags`, findings)
  return { content, tags, sizeBytes, findings }
}

/** Why an item was found 'tangled', for the publisher. */
export const tangled = `nests elements deeper than ${elementDepthMax} or gives one over ${attributesMax} attributes: this is no article's HTML, look for a loop in what made it`

const repeatLengthMin = 40

function textFindings(text: string, pointer: string): Finding[] {
  if (text === '') return [warning(pointer, 'The article has no text.')]
  const lines = text.split('\n')
  return lines
    .filter((line, index) => line.length >= repeatLengthMin && line === lines[index - 1])
    .map((line) =>
      warning(pointer, `A paragraph stands twice in a row; both were kept: “${excerpt(line, 60)}”`)
    )
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
      findings.push(warning(at, 'An author without a name was left out.'))
      return []
    }
    return [{ name, ...(url && { url }), ...(avatar && { avatar }) }]
  })
}

function cleanTags(tags: readonly string[], pointer: string, findings: Finding[]): Tag[] {
  return tags.flatMap((tag, index) => {
    const name = cleanLine(tag)
    const slug = slugOf(name)
    if (slug !== '' && name.length <= 200) return [{ name, slug }]
    const why =
      slug === '' ? 'it has neither letters nor digits' : 'it is longer than 200 characters'
    findings.push(warning(`${pointer}/${index}`, `This tag was left out: ${why}.`))
    return []
  })
}

function cleanImage(item: Item, pointer: string, findings: Finding[]): Image | null {
  const url = optionalUrl(item.image, item.url, `${pointer}/image`, findings)
  if (!url) return null
  const details = item._loa?.image
  const line = (name: 'alt' | 'caption' | 'credit') => {
    const value = cleanLine(details?.[name] ?? '')
    return value === '' ? {} : { [name]: value }
  }
  const mimeType = cleanLine(details?.mime_type ?? '')
  return {
    url,
    ...line('alt'),
    ...line('caption'),
    ...line('credit'),
    ...(details?.width && { width: details.width }),
    ...(details?.height && { height: details.height }),
    ...(mimeType && { mimeType }),
    ...(details?.size_in_bytes && { sizeBytes: details.size_in_bytes }),
  }
}

function cleanAttachments(item: Item, pointer: string, findings: Finding[]): Attachment[] {
  return (item.attachments ?? []).flatMap((attachment, index) => {
    const at = `${pointer}/attachments/${index}/url`
    const url = optionalUrl(attachment.url, item.url, at, findings)
    if (!url) return []
    const title = cleanLine(attachment.title ?? '')
    return [
      {
        url,
        mimeType: attachment.mime_type,
        ...(title && { title }),
        ...(attachment.size_in_bytes !== undefined && { sizeBytes: attachment.size_in_bytes }),
        ...(attachment.duration_in_seconds !== undefined && {
          durationSeconds: Math.round(attachment.duration_in_seconds),
        }),
      },
    ]
  })
}

function optionalUrl(
  value: string | undefined,
  base: string,
  pointer: string,
  findings: Finding[]
): string | null {
  if (value === undefined || cleanText(value).trim() === '') return null
  const url = httpUrl(value, base)
  if (url === null) findings.push(warning(pointer, 'This is no http or https address: left out.'))
  else if (!URL.canParse(value)) findings.push(info(pointer, `Made absolute: ${url}`))
  return url
}

/**
 * A warning for each string of a raw item that holds what no feed can carry: control characters, lone
 * surrogates. The body is left to the cleaning of its HTML, which also sees what entities stand for.
 */
function characterFindings(raw: unknown, pointer: string): Finding[] {
  if (typeof raw === 'string') {
    if (!hasIllegalCharacters(raw)) return []
    return [warning(pointer, 'Characters that no feed can carry were removed.')]
  }
  if (typeof raw !== 'object' || raw === null) return []
  return Object.entries(raw)
    .filter(([name]) => name !== 'content_html')
    .flatMap(([name, value]) => characterFindings(value, `${pointer}/${name}`))
}
