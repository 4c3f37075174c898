// Refusals as RFC 9457 problem documents. A route throws a Problem; src/app.ts answers with it.
// No I/O.

/** Every refusal Loa gives: its code, status and title, and what whoever gets it can do. */
export const problems = {
  'not-json': {
    status: 400,
    title: 'The body is not JSON',
    remedy: 'Send one JSON document in UTF-8.',
  },
  'invalid-query': {
    status: 400,
    title: 'The parameters of this address ask for what there cannot be',
    remedy: 'See the detail for the parameter to mend; docs/api.md lists them all.',
  },
  'bad-signature': {
    status: 401,
    title: 'The signature does not verify',
    remedy:
      'Sign "{webhook-id}.{webhook-timestamp}.{body}" with the secret of the source in the URL, over the very bytes that are sent (Standard Webhooks 1.0.0).',
  },
  'bad-timestamp': {
    status: 401,
    title: 'The timestamp is too far from now',
    remedy:
      'Send the time of this attempt in webhook-timestamp, in whole Unix seconds, and compare your clock with the Date header of the answer: 5 minutes are tolerated.',
  },
  'not-operator': {
    status: 401,
    title: 'This needs the operator’s token',
    remedy: 'Send "Authorization: Bearer …" with the OPERATOR_TOKEN of this deployment.',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing here',
    remedy: 'See the home page for the feeds there are.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'This cannot be done here',
    remedy: 'Use one of the methods in the Allow header.',
  },
  conflict: {
    status: 409,
    title: 'That is taken',
    remedy: 'See the detail for what stands in the way.',
  },
  gone: {
    status: 410,
    title: 'This was here and was taken away',
    remedy: 'Unsubscribe.',
  },
  'precondition-failed': {
    status: 412,
    title: 'A precondition of the request does not hold',
    remedy: 'Ask again without If-Match and If-Unmodified-Since.',
  },
  'too-large': {
    status: 413,
    title: 'The body is too large',
    remedy: 'Split the post: 1 MiB an article, 8 MiB a post.',
  },
  'not-json-media-type': {
    status: 415,
    title: 'The body must be JSON',
    remedy: 'Send "Content-Type: application/json" and no Content-Encoding.',
  },
  invalid: {
    status: 422,
    title: 'The document is JSON, but not what is expected here',
    remedy: 'Each entry of "errors" points at what to mend, as a JSON Pointer.',
  },
  'too-many': {
    status: 429,
    title: 'Too many posts in a short time',
    remedy:
      'Send the same post again after the time in Retry-After, or put several articles into one.',
  },
  internal: {
    status: 500,
    title: 'Something went wrong on our side',
    remedy: 'Try again later. Nothing of the request was kept.',
  },
  unavailable: {
    status: 503,
    title: 'Loa cannot do this just now',
    remedy: 'Send the same request again after the time in Retry-After.',
  },
} as const

export type ProblemCode = keyof typeof problems

/** One thing to mend in a document: an RFC 6901 JSON Pointer and what is wrong there. */
export type PointedError = { readonly pointer: string; readonly detail: string }

type Particulars = {
  readonly errors?: readonly PointedError[]
  readonly headers?: Record<string, string>
}

/** A refusal on its way to the client. `detail` is shown: no internals, no secrets. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly errors: readonly PointedError[]
  readonly headers: Record<string, string>

  constructor(code: ProblemCode, detail: string, particulars: Particulars = {}) {
    super(detail)
    this.code = code
    this.errors = particulars.errors ?? []
    this.headers = particulars.headers ?? {}
  }
}

/** The answer to a problem. Its `type` is the entry for the code on the page `{origin}/problems`. */
export function problemResponse(problem: Problem, origin: string): Response {
  const { status, title } = problems[problem.code]
  const body = {
    type: `${origin}/problems#${problem.code}`,
    status,
    title,
    detail: problem.message,
    ...(problem.errors.length > 0 && { errors: problem.errors }),
  }
  return Response.json(body, {
    status,
    headers: {
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
      ...problem.headers,
    },
  })
}
