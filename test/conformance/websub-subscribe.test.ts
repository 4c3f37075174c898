// WebSub (W3C Recommendation of 23 January 2018) §5: subscribing, verification, leases. A test a clause.

import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'

import { limits } from '../../src/hub/subscription.ts'
import {
  call,
  get,
  givenSource,
  item,
  origin,
  posted,
  published,
  withinAnHour,
} from '../support/given.ts'
import {
  agreeing,
  ask,
  deliveriesAt,
  givenSubscriber,
  rowsOf,
  settled,
  subscribe,
  subscription,
  topic,
  unsubscribe,
  verificationsAt,
} from '../support/subscribers.ts'

const callback = 'https://reader.example/callback'

type Row = {
  id: number
  callback: string
  state: string
  secret: string | null
  verified_at: number
  lease_expires_at: number
}

const subscriptions = () => rowsOf<Row>('SELECT * FROM subscriptions ORDER BY id')
const states = async () => (await subscriptions()).map((row) => row.state)

function queryOf(url: string | undefined): URLSearchParams {
  return new URL(url ?? '').searchParams
}

describe('a subscription request (§5.1)', () => {
  it('§5.1.2: is answered 202 and plain text before the callback was asked', async ({ expect }) => {
    givenSubscriber('reader.example')
    const response = await ask(subscription(callback))
    expect(response.status).toBe(202)
    expect(response.headers.get('Content-Type')).toMatch(/^text\/plain/)
    expect(response.headers.get('Cache-Control')).toBe('no-store')
  })

  it('§5.1.2: is answered the same whatever the verification brings', async ({ expect }) => {
    givenSubscriber('no.example', () => new Response('', { status: 404 }))
    givenSubscriber('broken.example', () => new Response('', { status: 500 }))
    const answers = await Promise.all(
      ['no', 'broken', 'nobody'].map(async (name) => {
        const response = await ask(subscription(`https://${name}.example/`))
        return [response.status, await response.text()]
      })
    )
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(answers[0]?.[0]).toBe(202)
    await settled()
    expect(await subscriptions()).toEqual([])
  })

  it('§5.1: takes unknown parameters for nothing, also hub. ones', async ({ expect }) => {
    givenSubscriber('reader.example')
    await subscribe(callback, { foo: 'bar', 'hub.foo': 'hub.bar', 'hub.verify': 'sync' })
    expect(await states()).toEqual(['active'])
  })

  it('§5.1.2: is refused in plain text with a 4xx when something is missing or wrong', async ({
    expect,
  }) => {
    const wrong: [Record<string, string> | string, number, RegExp][] = [
      [{}, 400, /hub\.mode/],
      [{ 'hub.mode': 'denied', 'hub.topic': topic, 'hub.callback': callback }, 400, /hub\.mode/],
      [{ 'hub.mode': 'publish', 'hub.url': topic }, 400, /by itself/],
      [{ 'hub.mode': 'subscribe', 'hub.callback': callback }, 400, /hub\.topic/],
      [{ 'hub.mode': 'subscribe', 'hub.topic': topic }, 400, /hub\.callback/],
      [subscription('/callback'), 400, /absolute/],
      [subscription('ftp://reader.example/'), 400, /absolute/],
      [subscription('javascript:alert(1)'), 400, /absolute/],
      [subscription('https://reader.example/#part'), 400, /fragment/],
      [subscription(`https://reader.example/${'a'.repeat(2100)}`), 400, /longer/],
      ['hub.mode=subscribe&hub.mode=unsubscribe', 400, /hub\.mode stands twice/],
      [`${new URLSearchParams(subscription(callback)).toString()}&hub.topic=x`, 400, /twice/],
      [subscription(callback, { 'hub.lease_seconds': '-1' }), 400, /lease/],
      [subscription(callback, { 'hub.lease_seconds': 'ten days' }), 400, /lease/],
      [subscription(callback, { 'hub.lease_seconds': '1e9' }), 400, /lease/],
      [subscription(callback, { 'hub.secret': 's'.repeat(200) }), 400, /200 bytes/],
      [subscription(callback, { 'hub.secret': 'đ'.repeat(100) }), 400, /200 bytes/],
      ['hub.mode=subscribe&hub.topic=%ff&hub.callback=%ff', 400, /characters no URL has/],
      [`hub.mode=subscribe&hub.topic=${'a'.repeat(20_000)}`, 413, /bytes/],
      ['\u0000\u0001%%%&&&===', 400, /hub\.mode/],
    ]
    for (const [form, status, words] of wrong) {
      const response = await ask(form)
      const text = await response.text()
      expect(response.status, JSON.stringify(form)).toBe(status)
      expect(response.headers.get('Content-Type')).toMatch(/^text\/plain/)
      expect(text).toMatch(words)
    }
    await settled()
    expect(await rowsOf('SELECT * FROM hub_requests')).toEqual([])
  })

  it('§5.1: must be a form', async ({ expect }) => {
    const json = await ask(JSON.stringify(subscription(callback)), {
      'Content-Type': 'application/json',
    })
    expect(json.status).toBe(415)
    const form = new URLSearchParams(subscription(callback)).toString()
    const withCharset = 'application/x-www-form-urlencoded; charset=UTF-8'
    expect((await ask(form, { 'Content-Type': withCharset })).status).toBe(202)
  })

  it('a GET at the hub says what it is', async ({ expect }) => {
    const response = await get('/hub')
    expect(response.status).toBe(200)
    expect(await response.text()).toContain(`${origin}/feeds.opml`)
  })

  it('§5.1: takes a secret of 199 bytes, and an empty one as none', async ({ expect }) => {
    givenSubscriber('reader.example')
    await subscribe(callback, { 'hub.secret': `${'đ'.repeat(99)}s` })
    expect((await subscriptions())[0]?.secret).not.toBeNull()
    await subscribe(callback, { 'hub.secret': '' })
    expect((await subscriptions())[0]?.secret).toBeNull()
  })

  it('keeps a secret so that the database alone does not tell it', async ({ expect }) => {
    givenSubscriber('reader.example')
    await subscribe(callback, { 'hub.secret': 'mật khẩu của độc giả' })
    const rows = JSON.stringify([await subscriptions(), await rowsOf('SELECT * FROM hub_requests')])
    expect(rows).not.toContain('mật khẩu')
    await unsubscribe(callback)
    expect((await subscriptions())[0]?.secret).toBeNull()
  })
})

describe('a topic (§5.1.1)', () => {
  it('is every feed there is, in every format, to the letter', async ({ expect }) => {
    await givenSource()
    await posted(published(item('a', { tags: ['Kinh tế'] })))
    givenSubscriber('reader.example')
    const paths = ['', '/sources/bao', '/topics/kinh-te', '/sources/bao/topics/kinh-te']
    for (const path of paths) {
      for (const extension of ['rss', 'atom', 'json']) {
        const url = `${origin}${path}/feed.${extension}`
        await subscribe(`${callback}?${path}${extension}`, { 'hub.topic': url })
      }
    }
    expect(await states()).toHaveLength(12)
  })

  it('that is none is refused with a hint of what is one', async ({ expect }) => {
    await givenSource()
    const wrong: [string, number, string][] = [
      [`${origin}/feed.atom/`, 404, `${origin}/feed.atom`],
      [`${origin}/FEED.atom`, 404, `${origin}/feed.atom`],
      [`${origin}/sources/b%61o/feed.rss`, 404, `${origin}/sources/bao/feed.rss`],
      [`${origin}/sources/BAO/feed.rss`, 404, `${origin}/sources/bao/feed.rss`],
      ['http://loa.example/feed.atom', 404, `${origin}/feed.atom`],
      [`${origin}/feed.xml`, 404, 'feeds.opml'],
      [`${origin}/sources/nobody/feed.rss`, 404, 'feeds.opml'],
      ['feed.atom', 404, 'feeds.opml'],
      ['https://other.example/blog.xml', 404, 'feeds.opml'],
    ]
    for (const [url, status, hint] of wrong) {
      const response = await ask(subscription(callback, { 'hub.topic': url }))
      expect(response.status, url).toBe(status)
      expect(response.headers.get('Content-Type')).toMatch(/^text\/plain/)
      expect(await response.text()).toContain(hint)
    }
  })

  it('is every composed feed, as it writes its own address', async ({ expect }) => {
    await givenSource()
    await posted(published(item('a', { tags: ['Kinh tế'] })))
    givenSubscriber('reader.example')
    const canonical = [
      '/feed.atom?source=bao&not-topic=kinh-te',
      '/feed.json?q=c%E1%BA%A7u',
      '/sources/bao/feed.rss?content=summary&limit=5',
    ]
    for (const path of canonical) {
      expect((await get(path)).headers.get('Link')).toContain(`<${origin}${path}>; rel="self"`)
      await subscribe(`${callback}?${path}`, { 'hub.topic': origin + path })
    }
    expect(await states()).toHaveLength(3)
    const others: [string, number, string][] = [
      ['/feed.rss?limit=5&content=summary&source=bao', 404, `${origin}${canonical[2]}`],
      ['/feed.atom?source=bao', 404, `${origin}/sources/bao/feed.atom`],
      ['/feed.atom?source=nobody&q=x', 404, 'feeds.opml'],
      ['/feed.atom?limit=0', 404, 'feeds.opml'],
      ['/feed.atom?utm_source=x', 404, `${origin}/feed.atom`],
      // An archive never changes.
      ['/archive/1.atom', 404, `Did you mean ${origin}/feed.atom ?`],
    ]
    for (const [path, status, hint] of others) {
      const response = await ask(subscription(callback, { 'hub.topic': origin + path }))
      expect(response.status, path).toBe(status)
      expect(await response.text()).toContain(hint)
    }
  })

  it('that is gone is refused as gone', async ({ expect }) => {
    await givenSource()
    await call('DELETE', '/api/sources/bao')
    const gone = { 'hub.topic': `${origin}/sources/bao/feed.rss` }
    expect((await ask(subscription(callback, gone))).status).toBe(410)
  })
})

describe('verification (§5.3)', () => {
  it('asks with the mode, the topic, a challenge and the lease', async ({ expect }) => {
    givenSubscriber('reader.example')
    await subscribe(callback)
    const [asked] = verificationsAt('reader.example')
    const query = queryOf(asked?.url)
    expect(Object.fromEntries(query)).toEqual({
      'hub.mode': 'subscribe',
      'hub.topic': topic,
      'hub.challenge': expect.stringMatching(/^[0-9a-f]{64}$/),
      'hub.lease_seconds': '864000',
    })
    expect(asked?.headers.get('User-Agent')).toMatch(/^Loa-WebSub \(\+https:\/\/loa\.example\/hub/)
  })

  it('§8.2: has a new challenge each time', async ({ expect }) => {
    givenSubscriber('reader.example')
    await subscribe(callback)
    await subscribe(callback)
    const challenges = verificationsAt('reader.example').map((each) =>
      queryOf(each.url).get('hub.challenge')
    )
    expect(new Set(challenges).size).toBe(2)
  })

  it('§5.1.1: appends to the callback and changes no letter of it', async ({ expect }) => {
    givenSubscriber('reader.example')
    const kept: [string, string][] = [
      ['https://reader.example/cb', '?hub.mode='],
      ['https://reader.example/cb?', 'hub.mode='],
      ['https://reader.example/cb?token=1', '&hub.mode='],
      ['https://reader.example/cb?a=1&', 'hub.mode='],
      ['https://reader.example/cb?q=%20+%7E~&b&c=%c3%a9', '&hub.mode='],
      ['https://reader.example/cb?hub.mode=mine&hub.topic=mine', '&hub.mode='],
    ]
    for (const [address, appended] of kept) {
      const before = verificationsAt('reader.example').length
      await ask(subscription(address))
      await settled()
      const asked = verificationsAt('reader.example')[before]?.url
      expect(asked?.slice(0, (address + appended).length)).toBe(address + appended)
    }
  })

  it('§5.3.1: succeeds with 2xx and the challenge, whatever its media type', async ({ expect }) => {
    for (const status of [200, 201, 202, 299]) {
      givenSubscriber(`s${status}.example`, ({ url }) => {
        return new Response(queryOf(url).get('hub.challenge'), { status })
      })
      await subscribe(`https://s${status}.example/`)
    }
    expect(await states()).toEqual(['active', 'active', 'active', 'active'])
  })

  it('§5.3.1: fails with everything else', async ({ expect }) => {
    const echo = (url: string) => queryOf(url).get('hub.challenge') ?? ''
    const answers: Record<string, (url: string) => Response> = {
      other: () => new Response('something else'),
      newline: (url) => new Response(`${echo(url)}\n`),
      quoted: (url) => new Response(`"${echo(url)}"`),
      empty: () => new Response(null, { status: 204 }),
      moved: () => new Response('', { status: 301, headers: { Location: callback } }),
      found: (url) => new Response(echo(url), { status: 302, headers: { Location: callback } }),
      unknown: (url) => new Response(echo(url), { status: 404 }),
      gone: (url) => new Response(echo(url), { status: 410 }),
      failing: (url) => new Response(echo(url), { status: 500 }),
      huge: (url) => new Response(echo(url) + 'x'.repeat(10_000_000)),
    }
    givenSubscriber('reader.example')
    for (const [name, answer] of Object.entries(answers)) {
      givenSubscriber(`${name}.example`, ({ url }) => answer(url))
      await subscribe(`https://${name}.example/`)
      expect(verificationsAt(`${name}.example`), name).toHaveLength(1)
    }
    expect(await subscriptions()).toEqual([])
    // No redirect was followed.
    expect(verificationsAt('reader.example')).toEqual([])
  })

  it('is tried again when the callback is down, and not for ever', async ({ expect }) => {
    givenSubscriber('down.example', () => new Response('', { status: 503 }))
    await subscribe('https://down.example/')
    for (let round = 0; round < 5; round++) {
      await env.DB.prepare('UPDATE hub_requests SET due_at = 0').run()
      const rows = await rowsOf<{ id: number }>('SELECT id FROM hub_requests')
      for (const { id } of rows) await env.HUB_VERIFICATIONS.send({ type: 'verify', request: id })
      await settled()
    }
    expect(verificationsAt('down.example')).toHaveLength(3)
    expect(await rowsOf('SELECT * FROM hub_requests')).toEqual([])
  })

  it('§5.1: what fails it leaves the subscription as it was', async ({ expect }) => {
    let agrees = true
    givenSubscriber('reader.example', (message) =>
      agrees ? agreeing(204)(message) : new Response('', { status: 404 })
    )
    await subscribe(callback, { 'hub.secret': 'one', 'hub.lease_seconds': '900000' })
    const before = await subscriptions()
    agrees = false
    await subscribe(callback, { 'hub.secret': 'two' })
    await unsubscribe(callback)
    expect(await subscriptions()).toEqual(before)
  })

  it('only the newest of several requests that are confirmed counts', async ({ expect }) => {
    givenSubscriber('reader.example')
    await Promise.all(
      Array.from({ length: 5 }, () => ask(subscription(callback, { 'hub.secret': 'old' })))
    )
    await ask(subscription(callback))
    await settled()
    expect((await subscriptions()).map((row) => row.secret)).toEqual([null])
  })
})

describe('an unsubscription (§5.1)', () => {
  it('is verified without a lease, and ends it', async ({ expect }) => {
    givenSubscriber('reader.example')
    await subscribe(callback)
    await unsubscribe(callback, { 'hub.lease_seconds': 'whatever' })
    const asked = queryOf(verificationsAt('reader.example')[1]?.url)
    expect(asked.get('hub.mode')).toBe('unsubscribe')
    expect(asked.has('hub.lease_seconds')).toBe(false)
    expect(await states()).toEqual(['unsubscribed'])
  })

  it('of what is not subscribed says 202 and calls nobody', async ({ expect }) => {
    givenSubscriber('reader.example')
    await unsubscribe(callback)
    await unsubscribe(callback, { 'hub.topic': 'https://other.example/' })
    expect(verificationsAt('reader.example')).toEqual([])
  })

  it('may be followed by a subscription again', async ({ expect }) => {
    givenSubscriber('reader.example')
    await subscribe(callback)
    await unsubscribe(callback)
    await subscribe(callback)
    expect(await states()).toEqual(['active'])
    await posted(published(item('a'))).catch(() => null)
    await givenSource()
    await posted(published(item('a')))
    await settled()
    expect(deliveriesAt('reader.example')).toHaveLength(1)
  })
})

describe('a lease (§5.3.1)', () => {
  const day = 24 * 3600

  it('is ten days unless asked for, and one to fifteen days whatever is asked for', async ({
    expect,
  }) => {
    givenSubscriber('reader.example')
    const granted: [string | null, number][] = [
      [null, 10 * day],
      ['', 10 * day],
      ['7200', day],
      ['0', day],
      ['1', day],
      [String(12 * day), 12 * day],
      ['99999999999999999999999', 15 * day],
    ]
    for (const [asked, seconds] of granted) {
      await subscribe(callback, asked === null ? {} : { 'hub.lease_seconds': asked })
      const told = queryOf(verificationsAt('reader.example').at(-1)?.url).get('hub.lease_seconds')
      expect(told).toBe(String(seconds))
      const [row] = await subscriptions()
      expect((row?.lease_expires_at ?? 0) - (row?.verified_at ?? 0)).toBe(seconds)
    }
  })

  it('runs from the verification on, and is renewed by the next', async ({ expect }) => {
    givenSubscriber('reader.example')
    await subscribe(callback)
    await env.DB.prepare('UPDATE subscriptions SET lease_expires_at = lease_expires_at - 777').run()
    const [before] = await subscriptions()
    await subscribe(callback)
    const [after] = await subscriptions()
    expect(after?.lease_expires_at).toBeGreaterThan((before?.lease_expires_at ?? 0) + 700)
    expect(after?.id).toBe(before?.id)
  })

  it('that is over gets nothing, however late that is noticed', async ({ expect }) => {
    await givenSource()
    givenSubscriber('reader.example')
    await subscribe(callback)
    await env.DB.prepare('UPDATE subscriptions SET lease_expires_at = 1').run()
    await posted(published(item('a')))
    await settled()
    expect(deliveriesAt('reader.example')).toEqual([])
  })

  it('is never for ever: the schema has no place for it', async ({ expect }) => {
    givenSubscriber('reader.example')
    await subscribe(callback)
    await expect(
      env.DB.prepare('UPDATE subscriptions SET lease_expires_at = NULL').run()
    ).rejects.toThrow('NOT NULL')
  })
})

describe('denial (§5.2)', () => {
  it('is told to the callback when the operator drops a subscription', async ({ expect }) => {
    await givenSource()
    givenSubscriber('reader.example')
    await subscribe(`${callback}?token=1`)
    const [row] = await subscriptions()
    expect((await call('DELETE', `/api/subscriptions/${row?.id}`)).status).toBe(204)
    await expect.poll(() => verificationsAt('reader.example')).toHaveLength(2)
    const url = verificationsAt('reader.example')[1]?.url ?? ''
    expect(url).toContain('callback?token=1&hub.mode=denied&hub.topic=')
    expect(queryOf(url).get('hub.topic')).toBe(topic)
    expect(queryOf(url).get('hub.reason')).not.toBe('')
    await posted(published(item('a')))
    await settled()
    expect(deliveriesAt('reader.example')).toEqual([])
    expect(await states()).toEqual(['dropped'])
  })

  it('is told to all subscribers of a feed that is gone', async ({ expect }) => {
    await givenSource()
    await posted(published(item('a')))
    givenSubscriber('reader.example')
    givenSubscriber('all.example')
    await subscribe(callback, { 'hub.topic': `${origin}/sources/bao/feed.json` })
    await subscribe('https://all.example/')
    await call('DELETE', '/api/sources/bao')
    await settled()
    await expect.poll(() => verificationsAt('reader.example')).toHaveLength(2)
    expect(queryOf(verificationsAt('reader.example')[1]?.url).get('hub.mode')).toBe('denied')
    // Those of the feed of everything are told of the retractions.
    expect(deliveriesAt('all.example')).toHaveLength(1)
  })
})

describe('what bounds it', () => {
  it('a flood of requests at a host that never agreed ends in 429', async ({ expect }) => {
    const { answers, asked } = await withinAnHour(async (attempt) => {
      const host = `victim-${attempt}.example`
      givenSubscriber(host, () => new Response('', { status: 404 }))
      const statuses: number[] = []
      for (let index = 0; index < 100; index++) {
        statuses.push((await ask(subscription(`https://${host}/${index}`))).status)
      }
      await settled()
      return { answers: statuses, asked: verificationsAt(host).length }
    })
    expect(answers.filter((status) => status === 202)).toHaveLength(limits.requestsPerHost)
    expect(answers.at(-1)).toBe(429)
    expect(asked).toBe(limits.requestsPerHost)
    expect((await ask(subscription(callback))).status).toBe(202)
  })

  it('no callback on our own host, on a private one, over http or at another port', async ({
    expect,
  }) => {
    const wrong = [
      `${origin}/hub`,
      `${origin}/sources/bao/webhook`,
      'https://loa.example./hub',
      'https://127.0.0.1/',
      'https://0x7f.1/',
      'https://localhost/',
      'https://db.internal/',
      'http://reader.example/',
      'https://reader.example:8443/',
      'https://user:password@reader.example/',
    ]
    for (const address of wrong) {
      const response = await ask(subscription(address))
      expect(response.status, address).toBe(400)
      expect(await response.text()).toMatch(/^hub\.callback /)
    }
    expect(await rowsOf('SELECT 1 FROM hub_hosts')).toEqual([])
  })

  it('a feed and a host have so many subscriptions at most; who has one may renew it', async ({
    expect,
  }) => {
    givenSubscriber('reader.example')
    await subscribe(callback)
    const fill = (host: string, count: number) =>
      env.DB.prepare(
        `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?2)
        INSERT INTO subscriptions (topic_id, callback, host, state, verified_at, lease_expires_at,
          settled_version)
        SELECT topic_id, 'https://' || ?1 || '/' || n, ?1, state, verified_at, lease_expires_at,
          settled_version
        FROM subscriptions, numbers WHERE subscriptions.id = 1`
      )
        .bind(host, count)
        .run()
    const status = async (address: string, fields = {}) =>
      (await ask(subscription(address, fields))).status
    const otherTopic = { 'hub.topic': `${origin}/feed.rss` }
    await fill('reader.example', limits.perHost - 2)
    expect(await status('https://reader.example/last')).toBe(202)
    await settled()
    expect(await status('https://reader.example/more', otherTopic)).toBe(429)
    expect(await status('https://other.example/')).toBe(202)
    await settled()
    await fill('many.example', limits.perTopic - limits.perHost)
    expect(await status('https://other.example/2')).toBe(429)
    expect(await status('https://other.example/', otherTopic)).toBe(202)
    expect(await status(callback)).toBe(202)
    await settled()
  })

  it('a host that agrees may have many', async ({ expect }) => {
    givenSubscriber('reader.example')
    for (let index = 0; index < 100; index++) {
      await ask(subscription(`https://reader.example/${index}`))
      if (index % 20 === 19) await settled()
    }
    await settled()
    expect(await states()).toHaveLength(100)
  })
})
