import { it } from 'vitest'

import { hubSignature, signatureMethod } from '../../src/hub/signature.ts'

// The key `secret` and the body `<feed/>`, checked against another implementation.
it.for([
  ['sha1', 'f38e73e7d772790d36ded9be19b36748b2a27335'],
  ['sha256', 'bc34c1a93cc52a1e89787d5bfca33388be4a3190ed87910472a44e4bbb8122c2'],
  [
    'sha384',
    '991b82d52d84d0f54f761c9280f24c677925d37e91ac9fb14e89a93aa91f221eb2fea7a97266aadb15dcf06007c6295b',
  ],
  [
    'sha512',
    '384ccd8dbbe4e9af2519c641f8c9da094d600f81617283772712527e64841de36bb901fbb336a95fe96811d03de0c574537044d4bdcfc9559aa97e4eec5f8c7a',
  ],
] as const)('§7.1: signs with %s', async ([method, digest], { expect }) => {
  const body = new TextEncoder().encode('<feed/>')
  expect(await hubSignature(method, 'secret', body)).toBe(`${method}=${digest}`)
  expect(signatureMethod(method)).toBe(method)
})

it('signs with SHA-256 when nothing that it knows is configured', ({ expect }) => {
  for (const name of ['', 'md5', 'SHA1', 'sha256']) expect(signatureMethod(name)).toBe('sha256')
})
