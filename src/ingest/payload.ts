// From unknown JSON to a post: an event, or a whole JSON Feed document. No I/O.

import * as z from 'zod/mini'

import { Problem, type PointedError } from '../lib/problem.ts'
import {
  expected,
  invalid,
  language,
  line,
  parseWith,
  string,
  stringAs,
  text,
  url,
} from '../lib/schema.ts'
import { hasIllegalCharacters } from '../lib/text.ts'
import { parseRfc3339 } from '../lib/time.ts'

const itemsPerEventMax = 100
const itemsPerDocumentMax = 1000
const itemBytesMax = 1024 * 1024

// An answer names every article of a post twice, and must fit into a row.
const idBytesMax = 512
const tagsMax = 50
const authorsMax = 50
const attachmentsMax = 50

// Many a CMS sends null for what it does not have.
const optional = <T extends z.ZodMiniType>(schema: T) =>
  z.pipe(
    z.nullish(schema),
    z.transform((value) => value ?? undefined)
  )

const date = stringAs(
  'a date',
  parseRfc3339,
  'must be a date and time with its zone, such as "2026-11-22T08:00:00+07:00" (RFC 3339)'
)

const tooLargeId = 'is no whole number that JSON keeps exactly: send it as a string'

// JSON Feed 1.1: an id that comes as a number is to be read as a string.
const stringOrNumber = z.union(
  [z.string(), z.number().check(z.refine(Number.isSafeInteger, tooLargeId))],
  { error: (issue) => expected(issue.input, 'a string that never changes for this article') }
)

const id = z.pipe(stringOrNumber, z.transform(String)).check(
  z.refine(
    (value) => value.trim() === value && value !== '',
    'must not be empty or begin or end in spaces'
  ),
  z.refine(
    (value) => new TextEncoder().encode(value).length <= idBytesMax,
    `must have at most ${idBytesMax} bytes`
  ),
  z.refine((value) => !hasIllegalCharacters(value), 'must not hold control characters')
)

const duration = z.number().check(z.nonnegative())
const size = z.number().check(z.int(), z.nonnegative(), z.maximum(Number.MAX_SAFE_INTEGER))

const person = z.object({
  name: optional(text(500)),
  url: optional(text(2048)),
  avatar: optional(text(2048)),
})

const people = z.array(person).check(z.maxLength(authorsMax))

const attachment = z.object({
  url: text(2048),
  mime_type: line(255).check(
    z.refine(
      (value) => /^[\w.+-]+\/[\w.+-]+(?:\s*;.*)?$/.test(value),
      'must be a media type such as "audio/mpeg"'
    )
  ),
  title: optional(text(1000)),
  size_in_bytes: optional(size),
  duration_in_seconds: optional(duration),
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

const item = z.object(
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
    authors: optional(people),
    tags: optional(z.array(z.string()).check(z.maxLength(tagsMax))),
    image: optional(text(2048)),
    attachments: optional(z.array(attachment).check(z.maxLength(attachmentsMax))),
    _loa: optional(extension),
  },
  { error: (issue) => expected(issue.input, 'a JSON Feed item') }
)

const hasContent = z.refine<z.output<typeof item>>(
  (value) => value.content_html !== undefined || value.content_text !== undefined,
  {
    error: 'needs content_html or content_text',
    // Whatever else is wrong: a publisher should not learn of one thing after the other.
    when: ({ value }) => typeof value === 'object' && value !== null,
  }
)

// An empty body of HTML beside a text means that there is only the text.
const itemWithContent = z.pipe(
  item.check(hasContent),
  z.transform((value) => ({
    ...value,
    content_html: value.content_html === '' && value.content_text ? undefined : value.content_html,
  }))
)

/** A JSON Feed 1.1 item, checked but not yet cleaned. */
export type Item = z.output<typeof itemWithContent>

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
  version: z.optional(z.unknown()),
  type: z.optional(string()),
  items: z.optional(z.unknown()),
})

const inheritable = z.object({
  authors: optional(people),
  author: optional(person),
  language: optional(language()),
})

const event = z.object({ timestamp: optional(date), data: z.optional(z.unknown()) })

const types = new Set(['article.published', 'article.updated', 'article.retracted'])

/** Throws a Problem with a pointer at each thing to mend. */
export function parsePost(value: unknown): Post {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  const outer: z.output<typeof envelope> = isObject ? parseWith(envelope, value) : {}
  const { version, type } = outer
  if (typeof version === 'string' && version.startsWith('https://jsonfeed.org/version/1')) {
    return parseDocument(value, outer.items)
  }
  if (type === undefined) {
    throw new Problem(
      'invalid',
      'Expected an event with "type" and "data", or a JSON Feed document with "version" and "items".',
      { errors: [{ pointer: '', detail: 'must be an event or a JSON Feed document' }] }
    )
  }
  if (!types.has(type)) {
    return { changes: [], happenedAt: null, isUpdate: false, ignoredType: type }
  }
  return parseEvent(type, value)
}

// JSON Feed 1.1: authors and language of the document are those of items that say none.
function parseDocument(document: unknown, items: unknown): Post {
  const { authors, author, language: ofAll } = parseWith(inheritable, document)
  const inherited = { authors: authors ?? (author && [author]), language: ofAll }
  const changes = parseAll(arrayOf(items, '/items', itemsPerDocumentMax), '/items', (each, at) =>
    publish(withInherited(each, inherited), at)
  )
  return { changes, happenedAt: null, isUpdate: false, ignoredType: null }
}

function withInherited(raw: unknown, inherited: Readonly<Record<string, unknown>>): unknown {
  if (typeof raw !== 'object' || raw === null) return raw
  const own = Object.entries(raw).filter(([, value]) => value !== null)
  // JSON Feed 1.0 knew a single author.
  const hasAuthor = own.some(([name]) => name === 'author' || name === 'authors')
  const { authors, ...rest } = inherited
  return { ...rest, ...(!hasAuthor && { authors }), ...Object.fromEntries(own) }
}

function parseEvent(type: string, value: unknown): Post {
  const { timestamp, data } = parseWith(event, value)
  const parse = type === 'article.retracted' ? retract : publish
  const changes = Array.isArray(data)
    ? parseAll(arrayOf(data, '/data', itemsPerEventMax), '/data', parse)
    : [parse(data, '/data')]
  return {
    changes,
    happenedAt: timestamp?.seconds ?? null,
    isUpdate: type === 'article.updated',
    ignoredType: null,
  }
}

function arrayOf(value: unknown, pointer: string, lengthMax: number): readonly unknown[] {
  const schema = z
    .array(z.unknown(), { error: (issue) => expected(issue.input, 'an array') })
    .check(z.maxLength(lengthMax, `must hold at most ${lengthMax} articles: split the post`))
  return parseWith(schema, value, pointer)
}

/** Parses each, and refuses them together: a publisher should not learn of one after the other. */
function parseAll(
  values: readonly unknown[],
  pointer: string,
  parse: (value: unknown, pointer: string) => Change
): Change[] {
  const errors: PointedError[] = []
  const changes = values.flatMap((value, index) => {
    try {
      return [parse(value, `${pointer}/${index}`)]
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'invalid') throw error
      errors.push(...error.errors)
      return []
    }
  })
  if (errors.length > 0) throw invalid(errors)
  return changes
}

function publish(value: unknown, pointer: string): Change {
  const bytes = new TextEncoder().encode(JSON.stringify(value) ?? '').length
  if (bytes > itemBytesMax) {
    throw new Problem('too-large', `${pointer} has ${bytes} bytes; an article may have 1 MiB.`)
  }
  return { kind: 'publish', pointer, item: parseWith(itemWithContent, value, pointer), raw: value }
}

function retract(value: unknown, pointer: string): Change {
  const { id: articleId, _loa } = parseWith(retraction, value, pointer)
  return { kind: 'retract', pointer, id: articleId, note: _loa?.note || null }
}
