// From unknown JSON to a post: an event, or a whole JSON Feed document. No I/O.

import * as z from 'zod'

import { Problem } from '../lib/problem.ts'
import { expected, language, line, parseWith, text, url } from '../lib/schema.ts'
import { hasIllegalCharacters } from '../lib/text.ts'
import { parseRfc3339 } from '../lib/time.ts'

const itemsPerEventMax = 100
const itemsPerDocumentMax = 1000
const itemBytesMax = 1024 * 1024

const idLengthMax = 1024
const tagsMax = 50
const authorsMax = 50
const attachmentsMax = 50

// Many a CMS sends null for what it does not have.
const optional = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value) => value ?? undefined)

const date = z
  .string({ error: (issue) => expected(issue.input, 'a date') })
  .transform((value, context) => {
    const time = parseRfc3339(value)
    if (time) return time
    context.addIssue(
      'must be a date and time with its zone, such as "2026-11-22T08:00:00+07:00" (RFC 3339)'
    )
    return z.NEVER
  })

// JSON Feed 1.1: an id that comes as a number is to be read as a string.
const id = z
  .union([z.string(), z.number()], {
    error: (issue) => expected(issue.input, 'a string that never changes for this article'),
  })
  .transform(String)
  .refine(
    (value) => value.trim() === value && value !== '',
    'must not be empty or begin or end in spaces'
  )
  .refine((value) => value.length <= idLengthMax, `must have at most ${idLengthMax} characters`)
  .refine((value) => !hasIllegalCharacters(value), 'must not hold control characters')

const size = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER)

const person = z.object({
  name: optional(text(500)),
  url: optional(text(2048)),
  avatar: optional(text(2048)),
})

const attachment = z.object({
  url: text(2048),
  mime_type: line(255).refine(
    (value) => /^[\w.+-]+\/[\w.+-]+(?:\s*;.*)?$/.test(value),
    'must be a media type such as "audio/mpeg"'
  ),
  title: optional(text(1000)),
  size_in_bytes: optional(size),
  duration_in_seconds: optional(z.number().nonnegative()),
})

const imageDetails = z.object({
  alt: optional(text(2000)),
  caption: optional(text(5000)),
  credit: optional(text(1000)),
  width: optional(size),
  height: optional(size),
  mime_type: optional(text(255)),
  size_in_bytes: optional(size),
})

const extension = z.object({
  via: optional(z.object({ title: line(1000), url: url() })),
  rights: optional(text(2000)),
  license: optional(url()),
  image: optional(imageDetails),
  correction: optional(text(5000)),
  expires: optional(date),
})

const item = z
  .object(
    {
      id,
      url: url(),
      title: line(20_000),
      content_html: optional(z.string()),
      content_text: optional(z.string()),
      summary: optional(text(20_000)),
      date_published: date,
      date_modified: optional(date),
      language: optional(language()),
      author: optional(person),
      authors: optional(z.array(person).max(authorsMax)),
      tags: optional(z.array(z.string()).max(tagsMax)),
      image: optional(text(2048)),
      attachments: optional(z.array(attachment).max(attachmentsMax)),
      _loa: optional(extension),
    },
    { error: (issue) => expected(issue.input, 'a JSON Feed item') }
  )
  .refine((value) => value.content_html !== undefined || value.content_text !== undefined, {
    error: 'needs content_html or content_text',
  })

/** A JSON Feed 1.1 item, checked but not yet cleaned. */
export type Item = z.output<typeof item>

const retraction = z.object(
  { id, _loa: optional(z.object({ note: optional(text(5000)) })) },
  { error: (issue) => expected(issue.input, 'an object with the id of the article') }
)

/** What a post asks for one article: to publish it as it is now, or to take it back. */
type Change =
  | {
      readonly kind: 'publish'
      readonly pointer: string
      readonly item: Item
      /** The item as it was sent. */
      readonly raw: unknown
    }
  | {
      readonly kind: 'retract'
      readonly pointer: string
      readonly id: string
      readonly note: string | null
    }

export type Post = {
  readonly changes: readonly Change[]
  /** When the event happened, if the publisher said so: epoch seconds. */
  readonly happenedAt: number | null
  /** Whether the event says of itself that it is an update. */
  readonly isUpdate: boolean
  /** The type of an event that is none of ours. */
  readonly ignoredType: string | null
}

const envelope = z.object({
  version: z.unknown().optional(),
  type: z.unknown().optional(),
  items: z.unknown().optional(),
})

const event = z.object({
  type: z.string().regex(/^[a-zA-Z0-9_]+(?:\.[a-zA-Z0-9_]+)*$/, 'must be words joined by dots'),
  timestamp: optional(date),
  data: z.unknown().optional(),
})

/** Throws a Problem with a pointer at each thing to mend. */
export function parsePost(value: unknown): Post {
  const outer = envelope.safeParse(value)
  const version = outer.success ? outer.data.version : undefined
  if (typeof version === 'string' && version.startsWith('https://jsonfeed.org/version/1')) {
    return parseDocument(outer.data?.items)
  }
  if (!outer.success || outer.data.type === undefined) {
    throw new Problem(
      'invalid',
      'Expected an event with "type" and "data", or a JSON Feed document with "version" and "items".',
      { errors: [{ pointer: '', detail: 'must be an event or a JSON Feed document' }] }
    )
  }
  return parseEvent(value)
}

function parseDocument(value: unknown): Post {
  const items = arrayOf(value, '/items', itemsPerDocumentMax)
  const changes = items.map((each, index) => publish(each, `/items/${index}`))
  return { changes, happenedAt: null, isUpdate: false, ignoredType: null }
}

function parseEvent(value: unknown): Post {
  const { type, timestamp, data } = parseWith(event, value)
  const happenedAt = timestamp?.seconds ?? null
  if (!['article.published', 'article.updated', 'article.retracted'].includes(type)) {
    return { changes: [], happenedAt, isUpdate: false, ignoredType: type }
  }
  const parse = type === 'article.retracted' ? retract : publish
  const changes = Array.isArray(data)
    ? arrayOf(data, '/data', itemsPerEventMax).map((each, index) => parse(each, `/data/${index}`))
    : [parse(data, '/data')]
  return { changes, happenedAt, isUpdate: type === 'article.updated', ignoredType: null }
}

function arrayOf(value: unknown, pointer: string, lengthMax: number): readonly unknown[] {
  const schema = z
    .array(z.unknown(), { error: (issue) => expected(issue.input, 'an array') })
    .max(lengthMax, `must hold at most ${lengthMax} articles: split the post`)
  return parseWith(schema, value, pointer)
}

function publish(value: unknown, pointer: string): Change {
  const bytes = new TextEncoder().encode(JSON.stringify(value) ?? '').length
  if (bytes > itemBytesMax) {
    throw new Problem('too-large', `${pointer} has ${bytes} bytes; an article may have 1 MiB.`)
  }
  return { kind: 'publish', pointer, item: parseWith(item, value, pointer), raw: value }
}

function retract(value: unknown, pointer: string): Change {
  const { id: articleId, _loa } = parseWith(retraction, value, pointer)
  return { kind: 'retract', pointer, id: articleId, note: _loa?.note || null }
}
