import { it } from 'vitest'

import { seal, unseal } from '../../src/lib/cipher.ts'

it('a sealed secret opens with its key and in its place, and nowhere else', async ({ expect }) => {
  const sealed = await seal('master', 'bí mật 🔑', 'https://reader.example/')
  expect(sealed).not.toContain('bí')
  expect(await unseal('master', sealed, 'https://reader.example/')).toBe('bí mật 🔑')
  expect(await unseal('other', sealed, 'https://reader.example/')).toBeNull()
  expect(await unseal('master', sealed, 'https://thief.example/')).toBeNull()
})

it('the same secret is never sealed the same', async ({ expect }) => {
  expect(await seal('master', 'a', 'b')).not.toBe(await seal('master', 'a', 'b'))
})

it('what was changed or never sealed does not open', async ({ expect }) => {
  const sealed = await seal('master', 'secret', 'context')
  const changed = `${sealed.slice(0, -4)}${sealed.endsWith('AAA=') ? 'BBB=' : 'AAA='}`
  for (const text of [changed, '', 'AAAA', 'not base64!', sealed.slice(0, 20)]) {
    expect(await unseal('master', text, 'context')).toBeNull()
  }
})
