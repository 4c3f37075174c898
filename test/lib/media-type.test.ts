import { describe, it } from 'vitest'

import { parseMediaType } from '../../src/lib/media-type.ts'

describe('parseMediaType', () => {
  it('gives a media type as it is, with its parameters', ({ expect }) => {
    const types = [
      'audio/mpeg',
      'image/svg+xml',
      'video/mp4; codecs="avc1, \\"x\\""',
      'a/b;c=d ; e=f',
    ]
    for (const type of types) expect(parseMediaType(type)).toBe(type)
    expect(parseMediaType(' audio/mpeg ')).toBe('audio/mpeg')
  })

  it('leaves out parameters that are not in order (RFC 9110 §8.3.1)', ({ expect }) => {
    for (const type of ['a/b;', 'a/b; ', 'a/b ; c', 'a/b;c=', 'a/b;c=d;e', 'a/b;c="d']) {
      expect(parseMediaType(type)).toBe('a/b')
    }
  })

  it('gives null for what is no media type', ({ expect }) => {
    for (const type of ['', ' ', 'jpg', 'image/', '/png', 'image//png', 'a b/c', 'a/b c', 'á/b']) {
      expect(parseMediaType(type)).toBeNull()
    }
  })

  it('answers at once, however long the text', ({ expect }) => {
    expect(parseMediaType(`a/b${';c='.repeat(20_000)}`)).toBe('a/b')
    expect(parseMediaType(`a/b${' ;'.repeat(20_000)}x`)).toBe('a/b')
  })
})
