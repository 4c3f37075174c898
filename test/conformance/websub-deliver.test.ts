// WebSub §7: delivery, signatures, retries. A test a clause.

import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'

import { deliver } from '../../src/hub/deliver.ts'
import { attemptsMax } from '../../src/hub/subscription.ts'
import {
  get,
  givenSource,
  item,
  origin,
  posted,
  published,
  retracted,
  upkeepIn,
} from '../support/given.ts'
import {
  agreeing,
  ask,
  deliveriesAt,
  forgetReceived,
  givenSubscriber,
  rowsOf,
  settled,
  subscribe,
  textOf,
  topic,
  unsubscribe,
  verificationsAt,
} from '../support/subscribers.ts'

const callback = 'https://reader.example/callback'

type Row = {
  state: string
  attempts: number
  due_at: number
  settled_version: number
  failing_since: number | null
  last_attempt_at: number
}

async function row(): Promise<Row> {
  const [first] = await rowsOf<Row>('SELECT * FROM subscriptions')
  if (!first) throw new Error('there is no subscription')
  return first
}

/** How many seconds after the last attempt the next is due. */
async function pause(): Promise<number> {
  const { due_at: due, last_attempt_at: last } = await row()
  return due - last
}

/** Lets everything that was put off be due now, and the hub find it. */
async function later(): Promise<void> {
  await env.DB.batch([
    env.DB.prepare('UPDATE subscriptions SET due_at = 0'),
    env.DB.prepare('UPDATE hub_hosts SET closed_until = 0'),
  ])
  const topics = await rowsOf<{ id: number }>('SELECT id FROM hub_topics WHERE is_open = 1')
  for (const { id } of topics) await env.HUB.send({ type: 'fan-out', topic: id, after: [-1, 0] })
  await settled()
}

async function givenSubscription(status: number, headers: Record<string, string> = {}) {
  await givenSource()
  givenSubscriber('reader.example', agreeing(status, headers))
  await subscribe(callback)
}

async function publish(id = crypto.randomUUID()): Promise<void> {
  await posted(published(item(id)))
  await settled()
}

const hex = (bytes: ArrayBuffer) =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')

async function hmac(hash: string, secret: string, body: Uint8Array): Promise<string> {
  const algorithm = { name: 'HMAC', hash }
  const bytes = new TextEncoder().encode(secret)
  const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign'])
  return hex(await crypto.subtle.sign('HMAC', key, body))
}

describe('a delivery (§7)', () => {
  it.for(['rss', 'atom', 'json'])(
    'is a POST of the whole document, byte for byte as GET gives it: %s',
    async (extension, { expect }) => {
      await givenSource()
      await posted(published([item('a'), item('b', { title: 'Đường phố & <b>chợ</b> 🌊' })]))
      givenSubscriber('reader.example')
      const url = `${origin}/sources/bao/feed.${extension}`
      await subscribe(`${callback}?token=%20+~`, { 'hub.topic': url })
      await publish()
      const [delivery, ...others] = deliveriesAt('reader.example')
      expect(others).toEqual([])
      expect(delivery?.url).toBe(`${callback}?token=%20+~`)
      const feed = await get(`/sources/bao/feed.${extension}`)
      expect(delivery?.body).toEqual(new Uint8Array(await feed.clone().arrayBuffer()))
      expect(delivery?.headers.get('Content-Type')).toBe(feed.headers.get('Content-Type'))
      // §7: at least one hub and one self, in one header: the very one of the feed.
      expect(delivery?.headers.get('Link')).toBe(feed.headers.get('Link'))
      expect(delivery?.headers.get('Link')).toBe(`<${url}>; rel="self", <${origin}/hub>; rel="hub"`)
      expect(delivery?.headers.get('User-Agent')).toMatch(/^Loa-WebSub \(\+https:/)
      expect(delivery?.headers.has('X-Hub-Signature')).toBe(false)
    }
  )

  it('follows each correction and each retraction, and nothing that changes nothing', async ({
    expect,
  }) => {
    await givenSubscription(204)
    await publish('a')
    await posted(published(item('a', { title: 'Đính chính' })))
    await settled()
    await posted(published(item('a', { title: 'Đính chính' })))
    await settled()
    await posted(retracted('a'))
    await settled()
    const texts = deliveriesAt('reader.example').map(textOf)
    expect(texts).toHaveLength(3)
    expect(texts[1]).toContain('Đính chính')
    expect(texts[2]).toContain('at:deleted-entry')
    expect(texts[2]).toBe(await (await get('/feed.atom')).text())
  })

  it('goes to the topics that changed and to no other', async ({ expect }) => {
    await givenSource('bao')
    await givenSource('khac')
    await posted(published(item('x')), { source: 'khac' })
    givenSubscriber('reader.example')
    for (const [path, name] of [
      ['', 'all'],
      ['/sources/bao', 'bao'],
      ['/sources/khac', 'khac'],
    ]) {
      const url = `${origin}${path}/feed.rss`
      await subscribe(`https://reader.example/${name}`, { 'hub.topic': url })
    }
    await publish()
    const paths = deliveriesAt('reader.example').map((each) => new URL(each.url).pathname)
    expect(paths.toSorted()).toEqual(['/all', '/bao'])
  })

  it('of a composed feed comes when what it lists changes, and only then', async ({ expect }) => {
    await givenSource('bao')
    await givenSource('khac')
    await posted(published(item('x', { tags: ['Kinh tế'] })), { source: 'khac' })
    givenSubscriber('reader.example')
    const paths = {
      words: '/feed.atom?q=c%E1%BA%A7u',
      // There is no article of this source on this topic yet.
      both: '/feed.json?source=bao&source=khac&topic=kinh-te&content=summary',
      first: '/feed.rss?limit=1',
    }
    for (const [name, path] of Object.entries(paths)) {
      const self = /<([^>]+)>; rel="self"/.exec((await get(path)).headers.get('Link') ?? '')?.[1]
      await subscribe(`https://reader.example/${name}`, { 'hub.topic': self ?? '' })
    }
    const told = async (data: unknown) => {
      forgetReceived()
      await posted(published(data))
      await settled()
      return deliveriesAt('reader.example').map((each) => new URL(each.url).pathname.slice(1))
    }
    expect(
      (
        await told(item('a', { title: 'Cầu mới', date_published: '2026-11-21T00:00:00Z' }))
      ).toSorted()
    ).toEqual(['first', 'words'])
    const delivery = deliveriesAt('reader.example').find((each) => each.url.endsWith('/words'))
    expect(delivery && textOf(delivery)).toBe(await (await get(paths.words)).text())
    const old = { date_published: '2020-01-01T00:00:00Z' }
    expect(await told(item('b', old))).toEqual([])
    expect(await told(item('c', { ...old, tags: ['Kinh tế'] }))).toEqual(['both'])
  })

  it('does not happen when the revision rose and no byte of the document changed', async ({
    expect,
  }) => {
    await givenSubscription(204)
    await publish()
    await env.DB.prepare("UPDATE feeds SET revision = revision + 1 WHERE path = ''").run()
    // Whatever was not announced, the next minute finds.
    await upkeepIn(60)
    await settled()
    expect(deliveriesAt('reader.example')).toHaveLength(1)
    expect(await rowsOf('SELECT id FROM feeds WHERE published_revision < revision')).toHaveLength(1)
  })

  it('of a publisher is not waited for', async ({ expect }) => {
    await givenSource()
    let answer: () => void = () => {}
    const answered = new Promise<void>((settle) => (answer = settle))
    givenSubscriber(
      'reader.example',
      agreeing(async () => {
        await answered
        return new Response(null, { status: 204 })
      })
    )
    await subscribe(callback)
    await posted(published(item('a')))
    await expect.poll(() => deliveriesAt('reader.example')).toHaveLength(1)
    // The post was answered, the subscriber has not answered yet.
    expect((await row()).settled_version).toBe(1)
    answer()
    await settled()
    expect((await row()).settled_version).toBe(2)
  })

  it('comes once, however often a message does', async ({ expect }) => {
    await givenSubscription(204)
    await publish()
    const [{ id } = { id: 0 }] = await rowsOf<{ id: number }>('SELECT id FROM hub_topics')
    for (let again = 0; again < 5; again++) {
      await env.HUB.send({ type: 'look', topic: id })
      await env.HUB.send({ type: 'fan-out', topic: id, after: [-1, 0] })
      await env.HUB.send({ type: 'deliver', topic: id, subscriptions: [1] })
    }
    await settled()
    expect(deliveriesAt('reader.example')).toHaveLength(1)
  })
})

describe('an answer (§7)', () => {
  it.for([200, 201, 202, 204, 299])('of %i is success', async (status, { expect }) => {
    await givenSubscription(status)
    await publish()
    expect(await row()).toMatchObject({ attempts: 0, settled_version: 2, state: 'active' })
  })

  it.for([301, 302, 303, 307, 308, 400, 404, 500, 503])(
    'of %i is a failure, and is not followed',
    async (status, { expect }) => {
      await givenSubscription(status, { Location: 'https://elsewhere.example/' })
      givenSubscriber('elsewhere.example')
      await publish()
      expect(await row()).toMatchObject({ attempts: 1, settled_version: 1, state: 'active' })
      expect(deliveriesAt('elsewhere.example')).toEqual([])
      expect(verificationsAt('elsewhere.example')).toEqual([])
    }
  )

  it('of 410 ends the subscription', async ({ expect }) => {
    await givenSubscription(410)
    await publish()
    await publish()
    expect(await row()).toMatchObject({ state: 'gone' })
    expect(deliveriesAt('reader.example')).toHaveLength(1)
  })

  it('is not read: ten megabytes of garbage are as good as nothing', async ({ expect }) => {
    await givenSource()
    let pulled = 0
    givenSubscriber(
      'reader.example',
      agreeing(() => {
        const garbage = new ReadableStream({
          pull(controller) {
            pulled += 65_536
            controller.enqueue(new Uint8Array(65_536))
            if (pulled > 10_000_000) controller.close()
          },
        })
        return new Response(garbage)
      })
    )
    await subscribe(callback)
    await publish()
    expect(await row()).toMatchObject({ attempts: 0, settled_version: 2 })
    expect(pulled).toBeLessThan(1_000_000)
  })

  it('that never comes is a failure after ten seconds', async ({ expect }) => {
    await givenSource()
    givenSubscriber(
      'reader.example',
      agreeing(() => new Promise<Response>(() => {}))
    )
    givenSubscriber('quick.example')
    await subscribe(callback)
    await subscribe('https://quick.example/')
    await posted(published(item('a')))
    // Those in the same message do not wait for it.
    await expect.poll(() => deliveriesAt('quick.example')).toHaveLength(1)
    await settled()
    const [delivery] = await rowsOf<{ status: number; error: string; took_ms: number }>(
      'SELECT * FROM deliveries WHERE subscription_id = 1'
    )
    expect(delivery).toMatchObject({ status: 0, error: 'timeout' })
    expect(await row()).toMatchObject({ attempts: 1, settled_version: 1 })
  })
})

describe('retries (§7)', () => {
  it('come after growing pauses, and bring the newest document', async ({ expect }) => {
    await givenSubscription(500)
    await publish('a')
    const first = await pause()
    expect(first).toBeGreaterThan(40)
    expect(first).toBeLessThan(80)
    await posted(published(item('b')))
    await settled()
    // It is not yet time.
    expect(deliveriesAt('reader.example')).toHaveLength(1)
    await later()
    const [, second] = deliveriesAt('reader.example')
    expect(second && textOf(second)).toBe(await (await get('/feed.atom')).text())
    expect(await pause()).toBeGreaterThan(230)
    givenSubscriber('reader.example')
    await later()
    expect(await row()).toMatchObject({ attempts: 0, settled_version: 3, failing_since: null })
  })

  it('end after about a day; the lease goes on, and the next publication is tried again', async ({
    expect,
  }) => {
    await givenSubscription(500)
    await publish()
    for (let attempt = 1; attempt < attemptsMax + 3; attempt++) await later()
    expect(deliveriesAt('reader.example')).toHaveLength(attemptsMax)
    expect(await row()).toMatchObject({ state: 'active', settled_version: 2 })
    await publish()
    await later()
    await later()
    expect(deliveriesAt('reader.example')).toHaveLength(attemptsMax + 1)
    givenSubscriber('reader.example')
    await publish()
    await later()
    expect(deliveriesAt('reader.example')).toHaveLength(attemptsMax + 2)
    expect(await row()).toMatchObject({ attempts: 0, settled_version: 4 })
  })

  it.for([429, 503])('after %i wait as long as Retry-After says', async (status, { expect }) => {
    await givenSubscription(status, { 'Retry-After': '7200' })
    await publish()
    // From the answer on, which came soon after the attempt.
    expect(await pause()).toBeGreaterThanOrEqual(7200)
    expect(await pause()).toBeLessThanOrEqual(7200 + 60)
  })

  it('wait until a date in Retry-After, and no longer than a day whatever it says', async ({
    expect,
  }) => {
    const date = new Date(Date.now() + 3 * 3600 * 1000).toUTCString()
    await givenSubscription(503, { 'Retry-After': date })
    await publish()
    expect((await row()).due_at).toBe(Date.parse(date) / 1000)
    givenSubscriber('reader.example', agreeing(503, { 'Retry-After': '999999999' }))
    await later()
    // From the answer on, which came soon after the attempt.
    expect(await pause()).toBeGreaterThanOrEqual(24 * 3600)
    expect(await pause()).toBeLessThanOrEqual(24 * 3600 + 60)
    givenSubscriber('reader.example', agreeing(503, { 'Retry-After': 'soon' }))
    await later()
    expect((await row()).attempts).toBe(3)
  })

  it('never bring an older document after a newer one, and no burst loses the newest', async ({
    expect,
  }) => {
    await givenSource()
    const seen: number[] = []
    givenSubscriber(
      'reader.example',
      agreeing(async (message) => {
        // Slower than the posts.
        await scheduler.wait((seen.length * 11) % 30)
        seen.push(textOf(message).split('<entry').length - 1)
        return new Response(null, { status: 204 })
      })
    )
    await subscribe(callback)
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => posted(published(item(`a${index}`))))
    )
    await settled()
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.at(-1)).toBe(30)
  })

  it('are not made to who unsubscribed in the meantime', async ({ expect }) => {
    await givenSubscription(500)
    await publish()
    await unsubscribe(callback)
    givenSubscriber('reader.example')
    await later()
    expect(deliveriesAt('reader.example')).toHaveLength(1)
  })
})

describe('a signature (§7.1)', () => {
  it('is the HMAC-SHA256 of the body with the secret', async ({ expect }) => {
    await givenSource()
    givenSubscriber('reader.example')
    await subscribe(callback, { 'hub.secret': 'mật khẩu 🔑' })
    await publish()
    const [delivery] = deliveriesAt('reader.example')
    const expected = await hmac('SHA-256', 'mật khẩu 🔑', delivery?.body ?? new Uint8Array())
    expect(delivery?.headers.get('X-Hub-Signature')).toBe(`sha256=${expected}`)
  })

  it('is made with the secret of the last subscription, retries as well', async ({ expect }) => {
    await givenSource()
    givenSubscriber('reader.example', agreeing(500))
    await subscribe(callback, { 'hub.secret': 'old' })
    await publish()
    await subscribe(callback, { 'hub.secret': 'new' })
    await later()
    await subscribe(callback)
    await later()
    const signed = deliveriesAt('reader.example').map((each) => ({
      body: each.body,
      signature: each.headers.get('X-Hub-Signature'),
    }))
    expect(signed[1]?.signature).toBe(
      `sha256=${await hmac('SHA-256', 'new', signed[1]?.body ?? new Uint8Array())}`
    )
    expect(signed[2]?.signature).toBeNull()
  })
})

describe('what cannot be sent as it must be', () => {
  const due = async (changed: Partial<Env>) => {
    await givenSource()
    givenSubscriber('reader.example')
    await subscribe(callback, { 'hub.secret': 'secret' })
    await posted(published(item('a')))
    await settled()
    await env.DB.prepare('UPDATE subscriptions SET settled_version = 1').run()
    const delivery = { topic: 1, subscriptions: [1] }
    await deliver({ ...env, ...changed }, delivery, () => Date.now())
    return deliveriesAt('reader.example').length - 1
  }

  it('is held back: nothing goes unsigned to who gave a secret', async ({ expect }) => {
    expect(await due({ MASTER_KEY: 'another' })).toBe(0)
    expect(await row()).toMatchObject({ state: 'active', settled_version: 1, attempts: 0 })
  })

  it('is held back: nothing goes to a callback that is not allowed any more', async ({
    expect,
  }) => {
    expect(await due({ PUBLIC_ORIGIN: 'https://reader.example' })).toBe(0)
  })
})

describe('websub.rocks, with its requests and its conditions', () => {
  const random = () => crypto.randomUUID().replaceAll('-', '').slice(0, 20)

  it('100: a typical request', async ({ expect }) => {
    await givenSubscription(200)
    await publish()
    const [delivery] = deliveriesAt('reader.example')
    expect(delivery?.body.length).toBeGreaterThan(0)
    expect(delivery?.headers.has('X-Hub-Signature')).toBe(false)
  })

  it('101: with a secret', async ({ expect }) => {
    await givenSource()
    givenSubscriber('reader.example', agreeing(200))
    const secret = random()
    await subscribe(callback, { 'hub.secret': secret })
    await publish()
    const [delivery] = deliveriesAt('reader.example')
    const [, method, digest] =
      /^(sha(?:1|256|384|512))=(.+)$/.exec(delivery?.headers.get('X-Hub-Signature') ?? '') ?? []
    expect(method).toBe('sha256')
    expect(digest).toBe(await hmac('SHA-256', secret, delivery?.body ?? new Uint8Array()))
  })

  it('102: with additional parameters', async ({ expect }) => {
    await givenSource()
    givenSubscriber('reader.example', agreeing(200))
    await subscribe(callback, { foo: 'bar', 'hub.foo': 'hub.bar' })
    await publish()
    expect(deliveriesAt('reader.example')).toHaveLength(1)
  })

  it('103: subscribing again, one notification each', async ({ expect }) => {
    await givenSubscription(200)
    await publish()
    forgetReceived()
    await subscribe(callback)
    await publish()
    expect(deliveriesAt('reader.example')).toHaveLength(1)
  })

  it('104: unsubscribing, no notification any more', async ({ expect }) => {
    await givenSubscription(200)
    await publish()
    await unsubscribe(callback)
    forgetReceived()
    await publish()
    expect(deliveriesAt('reader.example')).toEqual([])
  })

  it('the publisher’s test: discovery, two hours asked for, a query in the callback', async ({
    expect,
  }) => {
    await givenSource()
    await publish()
    const head = await get('/feed.atom')
    const link = head.headers.get('Link') ?? ''
    expect(link.match(/rel="self"/g)).toHaveLength(1)
    expect(/<([^>]+)>; rel="hub"/.exec(link)?.[1]).toBe(`${origin}/hub`)
    givenSubscriber('websub.example', agreeing(200))
    await subscribe('https://websub.example/publisher/callback?token=abc', {
      'hub.topic': /<([^>]+)>; rel="self"/.exec(link)?.[1] ?? '',
      'hub.lease_seconds': '7200',
    })
    await publish()
    const [delivery] = deliveriesAt('websub.example')
    expect(delivery?.url).toBe('https://websub.example/publisher/callback?token=abc')
  })
})

describe('real subscribers', () => {
  // PHP's http_build_query: spaces as +, dots kept.
  it('FreshRSS: no secret, no lease, a callback with a key', async ({ expect }) => {
    await givenSource()
    await posted(published(item('a')))
    givenSubscriber('freshrss.example', agreeing(200))
    const key = 'k=3b0c1f'
    const form =
      'hub.verify=sync&hub.mode=subscribe&hub.topic=https%3A%2F%2Floa.example%2Ffeed.atom' +
      '&hub.callback=https%3A%2F%2Ffreshrss.example%2Fapi%2Fpshb.php%3Fk%3D3b0c1f'
    expect((await ask(form, { 'User-Agent': 'FreshRSS/1.27.1' })).status).toBe(202)
    await settled()
    const asked = verificationsAt('freshrss.example')[0]?.url ?? ''
    expect(asked).toContain(`/api/pshb.php?${key}&hub.mode=subscribe`)
    // It takes a lease of a minute or less for none, and renews 23 hours before the end.
    expect(Number(new URL(asked).searchParams.get('hub.lease_seconds'))).toBeGreaterThan(24 * 3600)
    await publish()
    const [delivery] = deliveriesAt('freshrss.example')
    expect(delivery?.url).toBe(`https://freshrss.example/api/pshb.php?${key}`)
    // It reads no more than 3 MiB, and compares the self link with the topic.
    expect(delivery?.body.length).toBeLessThan(3_145_728)
    expect(delivery && textOf(delivery)).toContain(`href="${topic}"`)
    const gone = form.replace('subscribe', 'unsubscribe')
    expect((await ask(gone)).status).toBe(202)
    await settled()
    expect((await row()).state).toBe('unsubscribed')
  })

  it('Feedbin: a secret always, the topic compared to the letter', async ({ expect }) => {
    await givenSource()
    const secret = '5f2b0c0e7d1a4c55a0f1'
    givenSubscriber('feedbin.example', (message) => {
      const query = new URL(message.url).searchParams
      if (message.method === 'GET') {
        const isOurs = query.get('hub.topic') === topic
        return new Response(isOurs ? query.get('hub.challenge') : '', {
          status: isOurs ? 200 : 404,
        })
      }
      return new Response('', { status: 200 })
    })
    const form =
      'hub.mode=subscribe&hub.verify=async&hub.topic=https%3A%2F%2Floa.example%2Ffeed.atom' +
      `&hub.secret=${secret}&hub.callback=https%3A%2F%2Ffeedbin.example%2Fweb_sub%2F42%2Fabc`
    expect((await ask(form)).status).toBe(202)
    await settled()
    await publish()
    const [delivery] = deliveriesAt('feedbin.example')
    expect(delivery?.headers.get('X-Hub-Signature')).toBe(
      `sha256=${await hmac('SHA-256', secret, delivery?.body ?? new Uint8Array())}`
    )
  })
})
