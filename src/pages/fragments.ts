// HTML for other sites' pages: clean, without classes or scripts, with everything that must be said. Links
// and pictures are absolute. No I/O.

import type { Article, Correction, Image } from '../articles/article.ts'
import { directed } from '../feeds/direction.ts'
import type { Headline } from '../feeds/listing-store.ts'
import { formatRfc3339 } from '../lib/time.ts'
import { escapeAttribute, escapeText } from '../lib/xml.ts'
import type { Source } from '../sources/source.ts'
import { momentInWords } from './time.tsx'
import type { Words } from './words.ts'

/** A whole article with its names, dates, corrections, origin and terms. `words` are in its language. */
export function articleFragment(words: Words, article: Article, source: Source): string {
  const language = article.language ?? source.language
  const { authors, publishedAt: seconds, utcOffsetMinutes } = article
  const names = authors.map(({ name }) => name).join(', ')
  return lines([
    `<article${language ? ` lang="${escapeAttribute(language)}"` : ''}>`,
    `<h2>${escapeText(article.title)}</h2>`,
    `<p>${names && `${escapeText(`${words.by} ${names}`)} · `}${time(words, seconds, utcOffsetMinutes)}</p>`,
    article.image && figure(words, article.image),
    directed(article.contentHtml, language),
    ...article.corrections.map((each) => correction(words, each, utcOffsetMinutes)),
    '<hr>',
    `<p>${origin(words, article, source)}</p>`,
    '</article>',
  ])
}

/** The newest headlines, with the link to each original and to the feed's page. */
export function headlinesFragment(
  title: string,
  pageUrl: string,
  headlines: readonly Headline[]
): string {
  return lines([
    `<p><a href="${escapeAttribute(pageUrl)}">${escapeText(title)}</a></p>`,
    '<ul>',
    ...headlines.map(
      ({ url, title: headline, sourceTitle }) =>
        `<li><a href="${escapeAttribute(url)}">${escapeText(headline)}</a> (${escapeText(sourceTitle)})</li>`
    ),
    '</ul>',
  ])
}

function figure(words: Words, image: Image): string {
  const size = image.width && image.height ? ` width="${image.width}" height="${image.height}"` : ''
  const text = captionOf(words, image)
  const caption = text && `<figcaption>${escapeText(text)}</figcaption>`
  return `<figure><img src="${escapeAttribute(image.url)}" alt="${escapeAttribute(image.alt ?? '')}"${size}>${caption}</figure>`
}

/** What stands under a picture: its caption, and whose it is. */
export function captionOf(words: Words, { caption, credit }: Image): string {
  return [caption, credit && words.photo(credit)].filter(Boolean).join(' ')
}

function correction(words: Words, { correctedAt, text }: Correction, offset: number): string {
  return `<p><strong>${escapeText(words.corrections)}, ${time(words, correctedAt, offset)}:</strong> ${escapeText(text)}</p>`
}

function origin(words: Words, article: Article, source: Source): string {
  const rights = article.rights ?? source.rights
  const license = article.license ?? source.license
  return [
    anchor(article.url, words.firstPublished(source.title)),
    article.via && `${escapeText(words.via)} ${anchor(article.via.url, article.via.title)}`,
    rights && escapeText(rights),
    license && `${escapeText(words.license)}: ${anchor(license, license, 'license')}`,
  ]
    .filter(Boolean)
    .join(' · ')
}

function anchor(url: string, text: string, rel?: string): string {
  return `<a${rel ? ` rel="${rel}"` : ''} href="${escapeAttribute(url)}">${escapeText(text)}</a>`
}

function time(words: Words, seconds: number, utcOffsetMinutes: number): string {
  const text = momentInWords(words, { seconds, utcOffsetMinutes })
  return `<time datetime="${formatRfc3339(seconds, utcOffsetMinutes)}">${escapeText(text)}</time>`
}

function lines(parts: readonly (string | null)[]): string {
  return parts.filter(Boolean).join('\n')
}
