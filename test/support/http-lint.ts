// An HTTP linter in the manner of REDbot: what is wrong with an answer, and with how a resource answers when it is asked
// in other ways. Each complaint names the clause. It knows HTTP and nothing of Loa.

type Asked = { readonly method: string; readonly url: string }

/** One answer with its body read. */
export type Answer = Asked & {
  readonly status: number
  readonly headers: Headers
  readonly body: Uint8Array
}

export type Ask = (
  url: string,
  init?: { readonly method?: string; readonly headers?: Record<string, string> }
) => Promise<Response>

const token = "[\\w!#$%&'*+.^`|~-]+"
const quoted = '"(?:[\\t !#-\\[\\]-~]|\\\\[\\t -~])*"'
const whole = (pattern: string, flags = '') => new RegExp(`^(?:${pattern})$`, flags)
const list = (element: string) => whole(`${element}(?:\\s*,\\s*${element})*`)

const date =
  '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \\d{4} \\d{2}:\\d{2}:\\d{2} GMT'
const mediaType = `${token}/${token}(?:\\s*;\\s*${token}=(?:${token}|${quoted}))*`
const languageTag = '[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*'

/** What a header's value must look like. */
const syntax: Readonly<Record<string, readonly [clause: string, pattern: RegExp]>> = {
  'accept-ranges': ['RFC 9110 §14.3', list(token)],
  'access-control-allow-headers': ['Fetch §3.3.3', list(token)],
  'access-control-allow-methods': ['Fetch §3.3.3', list(token)],
  'access-control-allow-origin': ['Fetch §3.3.3', /^(?:\*|null|https?:\/\/[^/\s]+)$/],
  'access-control-expose-headers': ['Fetch §3.3.3', list(token)],
  'access-control-max-age': ['Fetch §3.3.3', /^\d+$/],
  age: ['RFC 9111 §5.1', /^\d+$/],
  allow: ['RFC 9110 §10.2.1', list('[A-Z]+')],
  'cache-control': ['RFC 9111 §5.2', list(`${token}(?:=(?:${token}|${quoted}))?`)],
  'content-encoding': ['RFC 9110 §8.4', list(token)],
  'content-language': ['RFC 9110 §8.5', list(languageTag)],
  'content-length': ['RFC 9110 §8.6', /^\d+$/],
  'content-type': ['RFC 9110 §8.3', whole(mediaType)],
  date: ['RFC 9110 §6.6.1', whole(date)],
  etag: ['RFC 9110 §8.8.3', /^(?:W\/)?"[!#-~]*"$/],
  expires: ['RFC 9111 §5.3', whole(date)],
  'last-modified': ['RFC 9110 §8.8.2', whole(date)],
  link: ['RFC 8288 §3', list(`<[^<>"\\s]*>(?:\\s*;\\s*${token}(?:=(?:${token}|${quoted}))?)*`)],
  location: ['RFC 9110 §10.2.2', /^[!#-;=?-[\]_a-z~]+$/i],
  'referrer-policy': ['Referrer Policy §4.1', list('[a-z-]+')],
  'retry-after': ['RFC 9110 §10.2.3', whole(`\\d+|${date}`)],
  vary: ['RFC 9110 §12.5.5', list(token)],
  'www-authenticate': ['RFC 9110 §11.6.1', list(`${token}(?: ${token}=(?:${token}|${quoted}))?`)],
  'x-content-type-options': ['Fetch §3.6', /^nosniff$/],
}

// RFC 9111 §5.2.2, RFC 5861, RFC 8246.
const directives =
  /^(?:max-age|must-revalidate|must-understand|no-cache|no-store|no-transform|private|proxy-revalidate|public|s-maxage|stale-while-revalidate|stale-if-error|immutable)$/
const registeredRelations =
  /^(?:alternate|canonical|current|hub|license|next|next-archive|prev|prev-archive|self|service-desc|via)$/
const unwelcome = [
  'content-md5',
  'p3p',
  'pragma',
  'server',
  'set-cookie',
  'x-powered-by',
  'x-xss-protection',
]

/** What is wrong with one answer. */
export function lintAnswer(answer: Answer): string[] {
  const complaints = [
    ...lintSyntax(answer),
    ...lintContent(answer),
    ...lintCaching(answer),
    ...lintLinks(answer),
    ...lintCors(answer),
    ...lintStatus(answer),
    ...unwelcome
      .filter((name) => answer.headers.has(name))
      .map((name) => `${name}: nobody needs it`),
  ]
  return complaints.map((each) => `${answer.method} ${answer.url} (${answer.status}): ${each}`)
}

function lintSyntax({ headers }: Answer): string[] {
  return [...headers].flatMap(([name, value]) => {
    // RFC 9110 §5.5; the platform joins repeated fields with ", ".
    if (!/^[!-~](?:[\t -~]*[!-~])?$/.test(value)) return [`RFC 9110 §5.5: ${name}: ${value}`]
    const [clause, pattern] = syntax[name] ?? []
    return pattern && !pattern.test(value) ? [`${clause}: ${name}: ${value}`] : []
  })
}

function lintContent({ method, status, headers, body }: Answer): string[] {
  const complaints = []
  const type = headers.get('Content-Type')
  const length = headers.get('Content-Length')
  const isWithout = method === 'HEAD' || status === 204 || status === 304
  if (isWithout && body.length > 0) complaints.push('RFC 9110 §6.4.1: it has content')
  if (!isWithout && body.length > 0 && !type) complaints.push('RFC 9110 §8.3: no Content-Type')
  if ((status === 204 || status === 304) && type) complaints.push('Content-Type without content')
  if (!isWithout && length !== null && Number(length) !== body.length) {
    complaints.push(`RFC 9110 §8.6: Content-Length is ${length} of ${body.length}`)
  }
  if (type && !isJsonOnly.test(type) && !/;\s*charset=utf-8$/i.test(type)) {
    complaints.push(`the charset of text must be said: ${type}`)
  }
  if (!headers.has('X-Content-Type-Options')) complaints.push('no X-Content-Type-Options')
  if (type?.startsWith('text/html') && !headers.has('Content-Security-Policy')) {
    complaints.push('a page without a Content-Security-Policy')
  }
  return complaints
}

// RFC 8259 §8.1: JSON is UTF-8 and has no charset.
const isJsonOnly = /^application\/(?:json|problem\+json)\b/

function lintCaching({ headers, status, method }: Answer): string[] {
  const text = headers.get('Cache-Control')
  if (!text) return ['RFC 9111 §4.2.2: without Cache-Control caches guess']
  const complaints = []
  const said = text.split(',').map((one) => one.trim().split('=')[0] ?? '')
  const has = (name: string) => said.includes(name)
  for (const name of said) {
    if (!directives.test(name)) complaints.push(`RFC 9111 §5.2.2: nobody knows ${name}`)
  }
  if (new Set(said).size < said.length) complaints.push(`RFC 9111 §4.2.1: twice in ${text}`)
  if (has('public') && has('private')) complaints.push('both public and private')
  if (has('no-store') && said.length > 1) complaints.push(`no-store and more: ${text}`)
  for (const [, age] of text.matchAll(/(?:max-age|s-maxage|stale-\S+)=([^,\s]*)/g)) {
    if (!/^\d{1,10}$/.test(age ?? ''))
      complaints.push(`RFC 9111 §1.2.2: ${age} is no delta-seconds`)
  }
  const isStored = !has('no-store') && method !== 'OPTIONS'
  if (isStored && headers.get('Vary') === '*') complaints.push('Vary: * and yet to be stored')
  if (status >= 500 && isStored) complaints.push('a failure that is kept')
  const modified = headers.get('Last-Modified')
  if (modified && Date.parse(modified) > Date.now() + 1000) {
    complaints.push('RFC 9110 §8.8.2.1: Last-Modified lies ahead')
  }
  return complaints
}

function lintLinks({ headers }: Answer): string[] {
  return (headers.get('Link') ?? '')
    .split(/,\s*(?=<)/)
    .filter((link) => link !== '')
    .flatMap((link) => {
      const target = /<([^>]*)>/.exec(link)?.[1] ?? ''
      const relations = [...link.matchAll(/;\s*rel=(?:"([^"]*)"|([^;\s]*))/g)]
      const names = relations.flatMap(([, inQuotes, bare]) => (inQuotes ?? bare ?? '').split(' '))
      const complaints = []
      if (!URL.canParse(target)) complaints.push(`a link that is not absolute: ${link}`)
      if (relations.length !== 1) complaints.push(`RFC 8288 §3.3: not one rel: ${link}`)
      const unknown = names.filter((name) => !registeredRelations.test(name))
      if (unknown.length > 0) complaints.push(`RFC 8288 §2.1.1: not registered: ${unknown.join()}`)
      return complaints
    })
}

function lintCors({ headers }: Answer): string[] {
  const origin = headers.get('Access-Control-Allow-Origin')
  const complaints = []
  if (origin === '*' && headers.has('Access-Control-Allow-Credentials')) {
    complaints.push('Fetch §3.3.4: * and credentials')
  }
  if (origin && origin !== '*' && !/\borigin\b/i.test(headers.get('Vary') ?? '')) {
    complaints.push('Fetch §3.3.9: an origin without Vary: Origin')
  }
  const exposed = headers.get('Access-Control-Expose-Headers') ?? ''
  for (const name of ['ETag', 'Link']) {
    if (origin && headers.has(name) && !exposed.includes(name)) complaints.push(`${name} is hidden`)
  }
  return complaints
}

// RFC 9110 §15: what an answer of this status must have.
function lintStatus({ status, headers, body, method }: Answer): string[] {
  const complaints = []
  if (status === 405 && !headers.get('Allow')) complaints.push('RFC 9110 §15.5.6: no Allow')
  if (status === 401 && !headers.has('WWW-Authenticate')) {
    complaints.push('RFC 9110 §15.5.2: no WWW-Authenticate')
  }
  if ((status === 503 || status === 429) && !headers.has('Retry-After')) {
    complaints.push('RFC 9110 §10.2.3: no Retry-After')
  }
  if (
    (status === 201 || (status >= 301 && status <= 308 && status !== 304)) &&
    !headers.has('Location')
  ) {
    complaints.push('RFC 9110 §10.2.2: no Location')
  }
  if (status >= 500) complaints.push('a failure')
  if (headers.get('Content-Type')?.startsWith('application/problem+json') && method !== 'HEAD') {
    const problem: Record<string, unknown> = JSON.parse(new TextDecoder().decode(body))
    if (problem['status'] !== status) complaints.push('RFC 9457 §3.1.2: another status')
    if (!URL.canParse(String(problem['type']))) complaints.push('RFC 9457 §3.1.1: type is no URI')
    if (!problem['title']) complaints.push('RFC 9457 §3.1.3: no title')
  }
  return complaints
}

export async function answerOf(response: Response, asked: Asked): Promise<Answer> {
  const body = new Uint8Array(await response.arrayBuffer())
  return { ...asked, status: response.status, headers: response.headers, body }
}

/** What is wrong with a resource, asked in every way that caches and readers ask. */
export async function lintResource(ask: Ask, url: string): Promise<string[]> {
  const get = async (headers: Record<string, string> = {}, method = 'GET') =>
    answerOf(await ask(url, { method, headers }), { method, url })
  const first = await get()
  const complaints = lintAnswer(first)
  const complain = (isWrong: boolean, what: string) => {
    if (isWrong) complaints.push(`GET ${url} (${first.status}): ${what}`)
  }

  const again = await get()
  complain(!isSame(first, again), 'the same request again is answered otherwise')

  const head = await get({}, 'HEAD')
  complaints.push(...lintAnswer(head))
  complain(head.status !== first.status, `RFC 9110 §9.3.2: HEAD is answered ${head.status}`)
  for (const name of differing(first.headers, head.headers)) {
    complain(name !== 'content-length', `RFC 9110 §9.3.2: HEAD has another ${name}`)
  }

  // What is not in Vary must not change the answer (RFC 9111 §4.1): what has poisoned caches before.
  const varied = (first.headers.get('Vary') ?? '').toLowerCase()
  for (const [name, value] of Object.entries(strayHeaders)) {
    if (varied.includes(name.toLowerCase())) continue
    complain(!isSame(first, await get({ [name]: value })), `${name} changes the answer`)
  }

  // RFC 9110 §14.2: a server may ignore ranges; what it must not do is to answer 206 with something else.
  const part = await get({ Range: 'bytes=0-3' })
  if (part.status === 206) {
    complain(!part.headers.has('Content-Range'), 'RFC 9110 §15.3.7: 206 without Content-Range')
    complain(part.body.length !== 4, 'RFC 9110 §14.2: another range')
  } else {
    complain(!isSame(first, part), 'RFC 9110 §14.2: Range changes the answer')
  }
  if (first.status === 200) complaints.push(...(await lintValidation(get, first)))
  return complaints
}

const strayHeaders = {
  'X-Forwarded-Host': 'evil.example',
  'X-Forwarded-Proto': 'http',
  'X-Original-URL': '/feeds.opml',
  'X-HTTP-Method-Override': 'DELETE',
  Forwarded: 'host=evil.example',
  Accept: 'text/plain',
  'Accept-Charset': 'utf-16',
  'Accept-Language': 'en',
  Cookie: 'a=b',
  Origin: 'https://partner.example',
  'User-Agent': 'Anything/1.0',
  TE: 'trailers',
}

type Get = (headers?: Record<string, string>, method?: string) => Promise<Answer>

// RFC 9110 §13.
async function lintValidation(get: Get, first: Answer): Promise<string[]> {
  const complaints: string[] = []
  const etag = first.headers.get('ETag')
  const modified = first.headers.get('Last-Modified')
  const expect = async (status: number, headers: Record<string, string>, clause: string) => {
    for (const method of status === 304 ? ['GET', 'HEAD'] : ['GET']) {
      const answer = await get(headers, method)
      complaints.push(...lintAnswer(answer))
      if (answer.status !== status) {
        const how = JSON.stringify(headers)
        complaints.push(`${method} ${first.url}: ${clause}: ${how} is answered ${answer.status}`)
      }
      if (answer.status === 304) complaints.push(...lintNotModified(first, answer))
    }
  }
  if (etag) {
    const other = '"another"'
    await expect(304, { 'If-None-Match': etag }, '§13.1.2')
    await expect(304, { 'If-None-Match': `${other}, ${etag}` }, '§13.1.2, a list')
    await expect(304, { 'If-None-Match': flipped(etag) }, '§13.1.2, weak comparison')
    await expect(304, { 'If-None-Match': '*' }, '§13.1.2, *')
    await expect(200, { 'If-None-Match': other }, '§13.1.2')
    await expect(200, { 'If-None-Match': 'no tag' }, '§8.8.3')
    const later = 'Fri, 31 Dec 9999 23:59:59 GMT'
    await expect(200, { 'If-None-Match': other, 'If-Modified-Since': later }, '§13.2.2')
    await expect(412, { 'If-Match': other }, '§13.1.1')
    await expect(200, { 'If-Match': '*' }, '§13.1.1, *')
  }
  if (modified) {
    await expect(200, { 'If-Modified-Since': 'Thu, 01 Jan 1970 00:00:00 GMT' }, '§13.1.3')
    await expect(200, { 'If-Modified-Since': 'yesterday' }, '§13.1.3, no date')
    await expect(412, { 'If-Unmodified-Since': 'Thu, 01 Jan 1970 00:00:00 GMT' }, '§13.1.4')
    if (etag) await expect(304, { 'If-None-Match': etag, 'If-Modified-Since': modified }, '§13.2.2')
  }
  return complaints
}

// RFC 9110 §15.4.5: what a cache updates its stored answer by.
function lintNotModified(first: Answer, { headers, url }: Answer): string[] {
  const names = ['Cache-Control', 'Content-Location', 'ETag', 'Expires', 'Vary']
  const own = ['Link', 'Access-Control-Allow-Origin', 'Access-Control-Expose-Headers']
  return [...names, ...own]
    .filter((name) => headers.get(name) !== first.headers.get(name))
    .map((name) => `GET ${url} (304): RFC 9110 §15.4.5: not the ${name} of 200`)
}

function flipped(etag: string): string {
  return etag.startsWith('W/') ? etag.slice(2) : `W/${etag}`
}

function isSame(a: Answer, b: Answer): boolean {
  const bytes = (answer: Answer) => answer.body.join()
  return (
    a.status === b.status && differing(a.headers, b.headers).length === 0 && bytes(a) === bytes(b)
  )
}

function differing(a: Headers, b: Headers): string[] {
  const names = new Set([...a.keys(), ...b.keys()])
  names.delete('date')
  return [...names].filter((name) => a.get(name) !== b.get(name))
}
