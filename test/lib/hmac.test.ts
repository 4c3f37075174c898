import { describe, it } from 'vitest'

import {
  fromBase64,
  hmacSha256,
  isEqualBytes,
  isEqualSecret,
  sha256Hex,
  toBase64,
} from '../../src/lib/hmac.ts'
import * as fc from '../support/fast-check.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
const hex = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
const repeated = (byte: number, length: number) => new Uint8Array(length).fill(byte)

describe('HMAC-SHA-256', () => {
  it('gives the vectors of RFC 4231', async ({ expect }) => {
    const cases = [
      {
        key: repeated(0x0b, 20),
        message: utf8('Hi There'),
        mac: 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
      },
      {
        key: utf8('Jefe'),
        message: utf8('what do ya want for nothing?'),
        mac: '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
      },
      {
        key: repeated(0xaa, 20),
        message: repeated(0xdd, 50),
        mac: '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
      },
      {
        key: repeated(0xaa, 131),
        message: utf8('Test Using Larger Than Block-Size Key - Hash Key First'),
        mac: '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
      },
    ]
    for (const { key, message, mac } of cases) expect(hex(await hmacSha256(key, message))).toBe(mac)
  })

  it('signs the example of Standard Webhooks', async ({ expect }) => {
    const key = fromBase64('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw') ?? new Uint8Array(0)
    const content = 'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}'
    expect(toBase64(await hmacSha256(key, utf8(content)))).toBe(
      'g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    )
  })

  it('takes an empty message', async ({ expect }) => {
    expect(await hmacSha256(utf8('key'), new Uint8Array(0))).toHaveLength(32)
  })

  it('changes with every byte of key and message', async ({ expect }) => {
    const macs = await Promise.all(
      [
        ['key', 'message'],
        ['kez', 'message'],
        ['key', 'messagf'],
        ['key', 'message\0'],
        ['keym', 'essage'],
      ].map(async ([key, message]) => hex(await hmacSha256(utf8(key ?? ''), utf8(message ?? ''))))
    )
    expect(new Set(macs).size).toBe(macs.length)
  })
})

describe('SHA-256 in hexadecimal', () => {
  it('gives the vectors of FIPS 180', async ({ expect }) => {
    expect(await sha256Hex('')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    )
    expect(await sha256Hex('abc')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
    )
  })

  it('is the same of a text and of its UTF-8', async ({ expect }) => {
    expect(await sha256Hex('Đảng bộ 😀')).toBe(await sha256Hex(utf8('Đảng bộ 😀')))
  })
})

describe('comparing', () => {
  it('finds bytes equal only when all of them are', ({ expect }) => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (bytes, at, flip) => {
          const other = bytes.slice()
          expect(isEqualBytes(bytes, other)).toBe(true)
          other[at % other.length] = (other[at % other.length] ?? 0) ^ flip
          expect(isEqualBytes(bytes, other)).toBe(false)
        }
      )
    )
  })

  it('finds bytes of another length different, and does not throw', ({ expect }) => {
    expect(isEqualBytes(utf8('abc'), utf8('ab'))).toBe(false)
    expect(isEqualBytes(utf8(''), utf8('a'))).toBe(false)
    expect(isEqualBytes(utf8(''), utf8(''))).toBe(true)
  })

  it('finds texts equal only when they are the same to the last letter', async ({ expect }) => {
    expect(await isEqualSecret('', '')).toBe(true)
    expect(await isEqualSecret('token-Đ', 'token-Đ')).toBe(true)
    for (const other of ['', 'token', 'token-', 'token-đ', 'token-Đ ', 'TOKEN-Đ', 'token-Đ\0']) {
      expect(await isEqualSecret('token-Đ', other), other).toBe(false)
      expect(await isEqualSecret(other, 'token-Đ'), other).toBe(false)
    }
  })
})

describe('base64', () => {
  it('gives the vectors of RFC 4648 §10', ({ expect }) => {
    const vectors = {
      '': '',
      f: 'Zg==',
      fo: 'Zm8=',
      foo: 'Zm9v',
      foob: 'Zm9vYg==',
      foobar: 'Zm9vYmFy',
    }
    for (const [text, encoded] of Object.entries(vectors)) {
      expect(toBase64(utf8(text))).toBe(encoded)
      expect(fromBase64(encoded)).toEqual(utf8(text))
    }
  })

  it('is read back as the bytes it was made of', ({ expect }) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000 }), (bytes) => {
        expect(fromBase64(toBase64(bytes))).toEqual(bytes)
      })
    )
  })

  it('is null, not an exception, when the text is something else', ({ expect }) => {
    for (const text of ['*', 'Zm9v!', 'Z', 'Zm9vY', 'a-_b', 'Zg=a', 'Đảng', '====']) {
      expect(fromBase64(text), text).toBeNull()
    }
  })
})
