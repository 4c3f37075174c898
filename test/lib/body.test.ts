import { describe, it } from 'vitest'

import { parseJson, readBody } from '../../src/lib/body.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)

function request(body: BodyInit | null, headers: Record<string, string> = {}): Request {
  return new Request('https://loa.example/', { method: 'POST', body, headers })
}

/** A body that counts how much of it was asked for and knows whether it was given up. */
function streamed(chunks: readonly Uint8Array[]) {
  const state = { pulled: 0, isCancelled: false }
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks[state.pulled++]
        if (chunk) controller.enqueue(chunk)
        else controller.close()
      },
      cancel() {
        state.isCancelled = true
      },
    },
    { highWaterMark: 0 }
  )
  return { stream, state }
}

describe('reading a body', () => {
  it('gives the very bytes that were sent', async ({ expect }) => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
    expect(await readBody(request(bytes), 256)).toEqual(bytes)
  })

  it('gives no bytes where there is no body', async ({ expect }) => {
    expect(await readBody(request(null), 10)).toEqual(new Uint8Array(0))
    expect(await readBody(request(''), 10)).toEqual(new Uint8Array(0))
    expect(await readBody(new Request('https://loa.example/'), 10)).toEqual(new Uint8Array(0))
  })

  it('takes as many bytes as the limit and not one more', async ({ expect }) => {
    expect(await readBody(request('a'.repeat(10)), 10)).toHaveLength(10)
    expect(await readBody(request('a'.repeat(11)), 10)).toBeNull()
    expect(await readBody(request(''), 0)).toHaveLength(0)
  })

  it('counts bytes, not characters', async ({ expect }) => {
    expect(await readBody(request('đđđ'), 6)).toEqual(utf8('đđđ'))
    expect(await readBody(request('đđđ'), 5)).toBeNull()
  })

  it('puts chunks together in order, empty ones too', async ({ expect }) => {
    const { stream } = streamed([
      utf8('Kinh'),
      utf8(''),
      utf8(' t'),
      utf8('ế').slice(0, 1),
      utf8('ế').slice(1),
    ])
    expect(new TextDecoder().decode((await readBody(request(stream), 100)) ?? undefined)).toBe(
      'Kinh tế'
    )
  })

  it('takes a stream that ends at the limit', async ({ expect }) => {
    const { stream } = streamed([utf8('12345'), utf8('67890')])
    expect(await readBody(request(stream), 10)).toEqual(utf8('1234567890'))
  })

  it('stops reading a stream without length once it passes the limit', async ({ expect }) => {
    const { stream, state } = streamed(Array.from({ length: 1000 }, () => utf8('1234567890')))
    expect(await readBody(request(stream), 25)).toBeNull()
    expect(state.pulled).toBeLessThan(10)
    expect(state.isCancelled).toBe(true)
  })

  it('does not believe a Content-Length that says less than arrives', async ({ expect }) => {
    const { stream } = streamed([utf8('123456'), utf8('789012')])
    expect(await readBody(request(stream, { 'Content-Length': '5' }), 10)).toBeNull()
  })

  it('reads all that arrives when Content-Length says less or is garbage', async ({ expect }) => {
    for (const length of ['5', '0', '-1', 'ten', '', 'NaN']) {
      const { stream } = streamed([utf8('1234'), utf8('5678')])
      expect(await readBody(request(stream, { 'Content-Length': length }), 10), length).toEqual(
        utf8('12345678')
      )
    }
  })

  it('reads nothing when Content-Length itself is over the limit', async ({ expect }) => {
    const { stream, state } = streamed([utf8('1234')])
    expect(await readBody(request(stream, { 'Content-Length': '11' }), 10)).toBeNull()
    expect(state.pulled).toBe(0)
  })
})

describe('parsing JSON', () => {
  it('gives the value of every kind of document', ({ expect }) => {
    const values = [
      null,
      true,
      0,
      -1.5e300,
      '',
      'Đảng bộ 😀',
      [],
      [1, [2]],
      {},
      { a: { 'b/c~d': 1 } },
    ]
    for (const value of values) {
      const text = JSON.stringify(value)
      expect(parseJson(utf8(text))).toEqual({ value, text })
    }
  })

  it('tells a null document from bytes that are no JSON', ({ expect }) => {
    expect(parseJson(utf8('null'))).toMatchObject({ value: null })
    expect(parseJson(utf8('nul'))).toBeNull()
  })

  it('gives the text as it was sent beside the value, but for a byte order mark', ({ expect }) => {
    const text = ' \r\n\t{"a": 1.0}\n'
    expect(parseJson(utf8(text))).toEqual({ value: { a: 1 }, text })
    expect(parseJson(utf8(`\uFEFF${text}`))).toEqual({ value: { a: 1 }, text })
  })

  it('refuses a second byte order mark and one in the middle', ({ expect }) => {
    expect(parseJson(utf8('\uFEFF\uFEFF{}'))).toBeNull()
    expect(parseJson(utf8('{\uFEFF}'))).toBeNull()
  })

  it('refuses bytes that are not UTF-8 rather than replacing them', ({ expect }) => {
    const bytes = {
      latin1: [0x22, 0xe9, 0x22],
      overlong: [0x22, 0xc0, 0xaf, 0x22],
      surrogate: [0x22, 0xed, 0xa0, 0x80, 0x22],
      truncated: [0x22, 0xe1, 0xba, 0x22],
      'beyond Unicode': [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22],
      'UTF-16': [0xff, 0xfe, 0x22, 0x00, 0x22, 0x00],
    }
    for (const [name, each] of Object.entries(bytes)) {
      expect(parseJson(Uint8Array.from(each)), name).toBeNull()
    }
  })

  it('refuses what only looks like JSON', ({ expect }) => {
    const texts = [
      '',
      ' ',
      '{',
      '{"a":1',
      "{'a':1}",
      '{a:1}',
      '{"a":1,}',
      '[1,]',
      '[1] [2]',
      '{} // comment',
      'NaN',
      'Infinity',
      'undefined',
      '01',
      '+1',
      '"\n"',
      '"\\x41"',
      '<json/>',
    ]
    for (const text of texts) expect(parseJson(utf8(text)), text).toBeNull()
  })

  it('makes no prototype of a member called __proto__', ({ expect }) => {
    const value = parseJson(utf8('{"__proto__":{"isOperator":true}}'))?.value
    expect(value).not.toHaveProperty('isOperator')
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(Object.keys(value ?? {})).toEqual(['__proto__'])
  })
})
