// Conditional requests, RFC 9110 §13. No I/O.

/**
 * What a response would carry: an entity-tag as it stands in the field, and epoch seconds; null when
 * it has no date of its last change, so that dates in the request are ignored (§13.1.3, §13.1.4).
 */
export type Validators = {
  readonly etag: string
  readonly lastModified: number | null
}

export type Precondition = 'proceed' | 'not modified' | 'failed'

const conditions = ['If-None-Match', 'If-Modified-Since', 'If-Match', 'If-Unmodified-Since']

/** Whether a request depends on what there is already (§13.1). */
export function isConditional(headers: Headers): boolean {
  return conditions.some((name) => headers.has(name))
}

/**
 * What the preconditions of a GET or HEAD for an existing representation come to, in the order of
 * RFC 9110 §13.2.2. Ask only once it is known that the representation exists and may be seen.
 */
export function evaluatePreconditions(headers: Headers, current: Validators): Precondition {
  const { lastModified } = current
  const ifMatch = headers.get('If-Match')
  const ifUnmodifiedSince = headers.get('If-Unmodified-Since')
  if (ifMatch !== null) {
    if (!matches(ifMatch, current.etag, isStrongMatch)) return 'failed'
  } else if (ifUnmodifiedSince !== null) {
    // §13.1.4: a date that cannot be read is as good as none.
    const since = parseHttpDate(ifUnmodifiedSince)
    if (since !== null && lastModified !== null && lastModified > since) return 'failed'
  }
  const ifNoneMatch = headers.get('If-None-Match')
  if (ifNoneMatch !== null) {
    // §13.1.3: If-Modified-Since is ignored when there is If-None-Match.
    return matches(ifNoneMatch, current.etag, isWeakMatch) ? 'not modified' : 'proceed'
  }
  const since = parseHttpDate(headers.get('If-Modified-Since') ?? '')
  const isHeld = since !== null && lastModified !== null && lastModified <= since
  return isHeld ? 'not modified' : 'proceed'
}

// RFC 9110 §8.8.3: entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE. Commas may stand inside.
const entityTags = /(?:W\/)?"[\u0021\u0023-\u007E\u0080-\u00FF]*"/g

function matches(field: string, etag: string, isMatch: (a: string, b: string) => boolean): boolean {
  if (field.trim() === '*') return true
  return (field.match(entityTags) ?? []).some((candidate) => isMatch(candidate, etag))
}

// §8.8.3.2
function isWeakMatch(a: string, b: string): boolean {
  return a.replace(/^W\//, '') === b.replace(/^W\//, '')
}

function isStrongMatch(a: string, b: string): boolean {
  return a === b && !a.startsWith('W/')
}

// RFC 9110 §5.6.7: the three forms a recipient must understand.
const httpDates = [
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
]

function parseHttpDate(text: string): number | null {
  if (!httpDates.some((form) => form.test(text))) return null
  const milliseconds = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
  return Number.isNaN(milliseconds) ? null : milliseconds / 1000
}
