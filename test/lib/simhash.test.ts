import { describe, it } from 'vitest'

import { differingBits, quartersOf, similarBitsMax, simhash } from '../../src/lib/simhash.ts'

const words =
  'sông xanh thành phố mở tuyến đường dạo bộ mới cho người dân và du khách từ tháng mười một năm nay theo kế hoạch của ủy ban về giao thông xanh'.split(
    ' '
  )

/** A text of its own for each seed. */
function textOf(seed: number, length = 400): string {
  let state = seed * 2_654_435_761 + 1
  return Array.from({ length }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return `${words[state % words.length] ?? ''}${state % 13}`
  }).join(' ')
}

function hashOf(text: string): string {
  return simhash(text) ?? ''
}

describe('a simhash', () => {
  it('is 16 hexadecimal digits, the same for the same text', ({ expect }) => {
    expect(hashOf(textOf(1))).toMatch(/^[0-9a-f]{16}$/)
    expect(hashOf(textOf(1))).toBe(hashOf(textOf(1)))
  })

  it('does not see case, punctuation or white space', ({ expect }) => {
    const text = textOf(2)
    expect(hashOf(text.toUpperCase().replaceAll(' ', ',\n '))).toBe(hashOf(text))
  })

  it('of texts that differ in a word or two is near, of others far', ({ expect }) => {
    let near = 0
    for (let seed = 1; seed <= 50; seed++) {
      const text = textOf(seed)
      const edited = text.replace(/\S+(?= )/, 'khác')
      if (differingBits(hashOf(text), hashOf(edited)) <= similarBitsMax) near++
      expect(differingBits(hashOf(text), hashOf(textOf(seed + 1000)))).toBeGreaterThan(
        similarBitsMax
      )
    }
    expect(near).toBeGreaterThanOrEqual(45)
  })

  it('says nothing of a short text', ({ expect }) => {
    expect(simhash('Một câu ngắn.')).toBeNull()
    expect(simhash(textOf(3, 49))).toBeNull()
    expect(simhash(textOf(3, 50))).not.toBeNull()
  })
})

it('two hashes that differ in three bits have a quarter in common, wherever the bits are', ({
  expect,
}) => {
  const hash = hashOf(textOf(4))
  for (let first = 0; first < 64; first += 7) {
    for (let second = 0; second < 64; second += 5) {
      const flip = (text: string, bit: number) => {
        const at = Math.floor(bit / 4)
        const digit = parseInt(text.charAt(at), 16) ^ (1 << (bit % 4))
        return text.slice(0, at) + digit.toString(16) + text.slice(at + 1)
      }
      const other = flip(flip(flip(hash, first), second), 63)
      if (differingBits(hash, other) !== 3) continue
      const quarters = quartersOf(other)
      expect(quartersOf(hash).some((quarter, index) => quarter === quarters[index])).toBe(true)
    }
  }
})
