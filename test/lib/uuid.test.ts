import { describe, it } from 'vitest'

import { urlNamespace, uuidV5 } from '../../src/lib/uuid.ts'
import * as fc from '../support/fast-check.ts'

const dnsNamespace = '6ba7b810-9dad-11d1-80b4-00c04fd430c8'

describe('a UUID of version 5', () => {
  it('is the test vector of RFC 9562 A.4', async ({ expect }) => {
    expect(await uuidV5(dnsNamespace, 'www.example.com')).toBe(
      '2ed6657d-e927-568b-95e1-2665a8aea6a2'
    )
  })

  it('is what other libraries make of a URL', async ({ expect }) => {
    expect(await uuidV5(urlNamespace, 'https://bao.example/tin/1')).toBe(
      '5857a990-665d-5cdb-9b8d-d6e3469ab8aa'
    )
  })

  it('is made of the UTF-8 of a name', async ({ expect }) => {
    expect(await uuidV5(urlNamespace, 'Đảng bộ')).toBe('f2ed9c1f-d016-5320-93cb-35ca7403df34')
  })

  it('exists for the empty name', async ({ expect }) => {
    expect(await uuidV5(dnsNamespace, '')).toBe('4ebd0208-8328-5d69-8c44-ec50939c0967')
  })

  it('differs when the namespace or the name does, however little', async ({ expect }) => {
    const uuids = await Promise.all([
      uuidV5(urlNamespace, 'a'),
      uuidV5(dnsNamespace, 'a'),
      uuidV5(urlNamespace, 'A'),
      uuidV5(urlNamespace, 'a '),
      uuidV5(urlNamespace, ''),
    ])
    expect(new Set(uuids).size).toBe(uuids.length)
  })

  it('can be the namespace of others', async ({ expect }) => {
    const source = await uuidV5(urlNamespace, 'https://bao.example/')
    expect(await uuidV5(source, '1')).toBe(await uuidV5(source.toUpperCase(), '1'))
    expect(await uuidV5(source, '1')).not.toBe(await uuidV5(urlNamespace, '1'))
  })

  it('says its version and variant, in lower case', async ({ expect }) => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (name) => {
        expect(await uuidV5(urlNamespace, name)).toMatch(
          /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
        )
      })
    )
  })
})
