import { Webhook } from 'standardwebhooks'
import { describe, it } from 'vitest'

import { isAuthentic, isTimely, readSignedHeaders } from '../../src/ingest/signature.ts'
import { fromBase64 } from '../../src/lib/hmac.ts'

// The vector of the specification's own libraries.
const vector = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1614265330,
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
}

function headersOf(fields: Record<string, string> = {}) {
  return new Headers({
    'webhook-id': vector.id,
    'webhook-timestamp': String(vector.timestamp),
    'webhook-signature': vector.signature,
    ...fields,
  })
}

function secretBytes(secret: string): Uint8Array {
  return fromBase64(secret.replace('whsec_', '')) ?? new Uint8Array(1)
}

async function verifies(headers: Headers, body = vector.body, secrets = [vector.secret]) {
  const signed = readSignedHeaders(headers)
  if (!signed) return false
  return isAuthentic(signed, new TextEncoder().encode(body), secrets.map(secretBytes))
}

describe('a Standard Webhooks signature', () => {
  it('verifies the official test vector', async ({ expect }) => {
    expect(await verifies(headersOf())).toBe(true)
  })

  it('verifies what the npm package standardwebhooks signs, of any text', async ({ expect }) => {
    for (const [index, body] of ['{}', '', '{"a":"Đảng bộ"}', ' {"b" : 1}\n', '💧'].entries()) {
      const id = `msg_${index}`
      const at = new Date(1_790_000_000_000 + index * 1000)
      const signature = new Webhook(vector.secret).sign(id, at, body)
      const headers = headersOf({
        'webhook-id': id,
        'webhook-timestamp': String(at.getTime() / 1000),
        'webhook-signature': signature,
      })
      expect(await verifies(headers, body), body).toBe(true)
    }
  })

  it('refuses one byte more, less or other in the body', async ({ expect }) => {
    expect(await verifies(headersOf(), `${vector.body} `)).toBe(false)
    expect(await verifies(headersOf(), vector.body.slice(1))).toBe(false)
    expect(await verifies(headersOf(), vector.body.replace('2', '3'))).toBe(false)
  })

  it('covers the id and the timestamp', async ({ expect }) => {
    expect(await verifies(headersOf({ 'webhook-id': 'msg_other' }))).toBe(false)
    expect(await verifies(headersOf({ 'webhook-timestamp': '1614265331' }))).toBe(false)
  })

  it('accepts one good signature among bad ones and other versions', async ({ expect }) => {
    const bad = 'v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='
    const other = vector.signature.replace('v1', 'v1a')
    const many = `${bad} ${other} ${vector.signature} ${bad}`
    expect(await verifies(headersOf({ 'webhook-signature': many }))).toBe(true)
    expect(await verifies(headersOf({ 'webhook-signature': `${bad} ${other}` }))).toBe(false)
  })

  it('accepts any of several secrets, and none but these', async ({ expect }) => {
    const other = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX'
    expect(await verifies(headersOf(), vector.body, [other, vector.secret])).toBe(true)
    expect(await verifies(headersOf(), vector.body, [other])).toBe(false)
    expect(await verifies(headersOf(), vector.body, [])).toBe(false)
  })

  it('is not read from headers that are missing or malformed', ({ expect }) => {
    const malformed: Record<string, string>[] = [
      { 'webhook-id': '' },
      { 'webhook-id': 'a.b' },
      { 'webhook-id': 'a b' },
      { 'webhook-id': 'x'.repeat(257) },
      { 'webhook-timestamp': '' },
      { 'webhook-timestamp': '1614265330abc' },
      { 'webhook-timestamp': '161426533' },
      { 'webhook-timestamp': '-161426533' },
      { 'webhook-timestamp': '1614265330.5' },
      { 'webhook-signature': '' },
      { 'webhook-signature': 'v1' },
      { 'webhook-signature': 'v1,***' },
      { 'webhook-signature': vector.signature.replace('v1,', 'v2,') },
      { 'webhook-signature': Array(11).fill(vector.signature).join(' ') },
    ]
    for (const fields of malformed) {
      expect(readSignedHeaders(headersOf(fields)), JSON.stringify(fields)).toBeNull()
    }
  })

  it('refuses a signature cut short or empty', async ({ expect }) => {
    expect(await verifies(headersOf({ 'webhook-signature': 'v1,' }))).toBe(false)
    expect(await verifies(headersOf({ 'webhook-signature': 'v1,g0hM' }))).toBe(false)
  })

  it('is timely up to five minutes either way, and no second longer', ({ expect }) => {
    const signed = readSignedHeaders(headersOf())
    if (!signed) throw new Error('the vector is well-formed')
    expect(isTimely(signed, vector.timestamp + 300)).toBe(true)
    expect(isTimely(signed, vector.timestamp - 300)).toBe(true)
    expect(isTimely(signed, vector.timestamp + 301)).toBe(false)
    expect(isTimely(signed, vector.timestamp - 301)).toBe(false)
  })
})
