// An article's image and files, and the addresses of its people: what of them is known is kept, nothing
// is guessed. No I/O.

import type { Attachment, Image } from '../articles/article.ts'
import { parseMediaType } from '../lib/media-type.ts'
import { cleanLine, cleanText } from '../lib/text.ts'
import { httpUrl } from '../lib/url.ts'
import { finding, type Finding } from './findings.ts'
import type { Item } from './payload.ts'

export function cleanImage(item: Item, pointer: string, findings: Finding[]): Image | null {
  const url = optionalUrl(item.image, item.url, `${pointer}/image`, findings)
  if (!url) return null
  const details = item._loa?.image
  const line = (name: 'alt' | 'caption' | 'credit') => {
    const value = cleanLine(details?.[name] ?? '')
    return value === '' ? {} : { [name]: value }
  }
  const typeAt = `${pointer}/_loa/image/mime_type`
  const mimeType = mediaType(cleanLine(details?.mime_type ?? ''), typeAt, findings)
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

export function cleanAttachments(item: Item, pointer: string, findings: Finding[]): Attachment[] {
  return (item.attachments ?? []).flatMap((attachment, index) => {
    const at = `${pointer}/attachments/${index}`
    const url = optionalUrl(attachment.url, item.url, `${at}/url`, findings)
    const mimeType = mediaType(attachment.mime_type, `${at}/mime_type`, findings)
    if (!url || !mimeType) return []
    const title = cleanLine(attachment.title ?? '')
    // RSS 2.0 and Media RSS: a size is that of the file. Zero stands for one that nobody knew.
    const duration = Math.round(attachment.duration_in_seconds ?? 0)
    return [
      {
        url,
        mimeType,
        ...(title && { title }),
        ...(attachment.size_in_bytes && { sizeBytes: attachment.size_in_bytes }),
        ...(duration && { durationSeconds: duration }),
      },
    ]
  })
}

function mediaType(value: string, pointer: string, findings: Finding[]): string | null {
  const type = parseMediaType(value)
  if (type !== value && value !== '') findings.push(finding('media-type-mended', pointer))
  return type
}

export function optionalUrl(
  value: string | undefined,
  base: string,
  pointer: string,
  findings: Finding[]
): string | null {
  if (value === undefined || cleanText(value).trim() === '') return null
  const url = httpUrl(value, base)
  if (url === null) findings.push(finding('url-dropped', pointer))
  else if (!URL.canParse(value)) findings.push(finding('url-resolved', pointer, { url }))
  return url
}
