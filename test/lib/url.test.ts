import { describe, it } from 'vitest'

import { httpUrl, linkUrl } from '../../src/lib/url.ts'
import * as fc from '../support/fast-check.ts'

const base = 'https://bao.example/tin/bai-1.html?trang=2'

// Each of these runs in some browser, or did, when it is the href of a link.
const disguised = [
  'javascript:alert(1)',
  'JavaScript:alert(1)',
  'jAvAsCrIpT:alert(1)',
  ' javascript:alert(1)',
  '\tjavascript:alert(1)',
  '\u0001javascript:alert(1)',
  '\u001F\u0000javascript:alert(1)',
  '\u00A0javascript:alert(1)',
  '\uFEFFjavascript:alert(1)',
  '\u2028javascript:alert(1)',
  'java\tscript:alert(1)',
  'java\nscript:alert(1)',
  'java\r\nscript:alert(1)',
  'j\na\nv\na\ns\nc\nr\ni\np\nt\n:alert(1)',
  'javascript\n:alert(1)',
  'javascript\t:\talert(1)',
  'javascript://bao.example/%0Aalert(1)',
  'javascript:/*https://bao.example/*/alert(1)',
  'vbscript:msgbox(1)',
  'VBScript:msgbox(1)',
  'livescript:1',
  'mocha:1',
  'data:text/html,<script>alert(1)</script>',
  'data:text/html;base64,PHNjcmlwdD4x',
  'data:image/svg+xml,<svg onload=alert(1)>',
  'DATA:,x',
  'blob:https://bao.example/0b1c',
  'filesystem:https://bao.example/temporary/x',
  'file:///etc/passwd',
  'about:blank',
  'view-source:https://bao.example/',
  'jar:https://bao.example/a.jar!/b',
  'ftp://bao.example/',
  'ws://bao.example/',
  'intent://bao.example/#Intent;scheme=https;end',
  'feed:https://bao.example/feed',
  'sms:+84123',
]

// What looks like a scheme and is none: at a base, a relative address; alone, nothing.
const relative = [
  'javascript&colon;alert(1)',
  'java%0Ascript%3Aalert(1)',
  'java script:x',
  '&#106;x:1',
]

describe('an address that may stand in a feed', () => {
  it('is given as the WHATWG parser writes it', ({ expect }) => {
    const urls = {
      'https://bao.example': 'https://bao.example/',
      'HTTP://BAO.example:80/Tin': 'http://bao.example/Tin',
      'https://báo.example/Đảng bộ?q=ế#ộ':
        'https://xn--bo-mia.example/%C4%90%E1%BA%A3ng%20b%E1%BB%99?q=%E1%BA%BF#%E1%BB%99',
      'https://bao.example/a/../b': 'https://bao.example/b',
      '  https://bao.example/a\n': 'https://bao.example/a',
      'https:\\\\bao.example\\a': 'https://bao.example/a',
      'https://bao.example/"onmouseover="x': 'https://bao.example/%22onmouseover=%22x',
      'https://bao.example/<b>': 'https://bao.example/%3Cb%3E',
    }
    for (const [value, url] of Object.entries(urls)) {
      expect(httpUrl(value)).toBe(url)
      expect(linkUrl(value, base)).toBe(url)
    }
  })

  it('is resolved where there is a base, and nothing where there is none', ({ expect }) => {
    const urls = {
      'anh.jpg': 'https://bao.example/tin/anh.jpg',
      '/anh.jpg': 'https://bao.example/anh.jpg',
      '../anh.jpg': 'https://bao.example/anh.jpg',
      '?trang=3': 'https://bao.example/tin/bai-1.html?trang=3',
      '#cuoi': 'https://bao.example/tin/bai-1.html?trang=2#cuoi',
      '': base,
      '//anh.example/1.jpg': 'https://anh.example/1.jpg',
      '\\\\anh.example\\1.jpg': 'https://anh.example/1.jpg',
      '/\t/anh.example/1.jpg': 'https://anh.example/1.jpg',
    }
    for (const [value, url] of Object.entries(urls)) {
      expect(httpUrl(value, base), value).toBe(url)
      expect(linkUrl(value, base), value).toBe(url)
      expect(httpUrl(value), value).toBeNull()
    }
  })

  it('takes the scheme of its base when it has none', ({ expect }) => {
    expect(httpUrl('//anh.example/', 'http://bao.example/')).toBe('http://anh.example/')
  })

  it('never has a scheme that runs, in whatever disguise', ({ expect }) => {
    for (const value of disguised) {
      expect(httpUrl(value), value).toBeNull()
      expect(httpUrl(value, base), value).toBeNull()
      expect(linkUrl(value, base), value).toBeNull()
    }
  })

  it('is at most a page of the base when it only looks like a scheme', ({ expect }) => {
    for (const value of relative) {
      expect(httpUrl(value), value).toBeNull()
      expect(linkUrl(value, base), value).toMatch(/^https:\/\/bao\.example\/tin\//)
    }
  })

  it('may be a mail address or a telephone number only where a reader follows it', ({ expect }) => {
    for (const value of ['mailto:toasoan@bao.example', 'tel:+84123456789']) {
      expect(linkUrl(value, base)).toBe(value)
      expect(httpUrl(value, base)).toBeNull()
      expect(httpUrl(value)).toBeNull()
    }
  })

  it('has no name and no password in it', ({ expect }) => {
    for (const value of [
      'https://ten@bao.example/',
      'https://ten:matkhau@bao.example/',
      'https://:matkhau@bao.example/',
      'https://bao.example%40@xau.example/',
      'https://bao.example:443@xau.example/',
      '//ten@xau.example/',
    ]) {
      expect(httpUrl(value, base), value).toBeNull()
      expect(linkUrl(value, base), value).toBeNull()
    }
    expect(httpUrl('https://bao.example/@ten')).toBe('https://bao.example/@ten')
  })

  it('has at most 2,048 characters as it is written out', ({ expect }) => {
    const start = 'https://bao.example/'
    const longest = start + 'a'.repeat(2048 - start.length)
    expect(httpUrl(longest)).toBe(longest)
    expect(httpUrl(`${longest}a`)).toBeNull()
    expect(httpUrl(start + 'ế'.repeat(300))).toBeNull()
    expect(linkUrl(`mailto:${'a'.repeat(2048)}`, base)).toBeNull()
  })

  it('is nothing when no parser can make sense of it', ({ expect }) => {
    for (const value of [
      'https://',
      'http://?',
      'https://a b.example/',
      'https://bao.example:99999/',
      'https://bao.example:x/',
      'https://[::1/',
      'https://a%00b.example/',
      'https://bao<.example/',
    ]) {
      expect(httpUrl(value), value).toBeNull()
      expect(linkUrl(value, base), value).toBeNull()
    }
  })

  it('encodes what no URI may hold raw, which the WHATWG parser leaves (RFC 3986 §2.2)', ({
    expect,
  }) => {
    expect(httpUrl('https://a.example/b[1]|c?d[]={e}#^`\\')).toBe(
      'https://a.example/b%5B1%5D%7Cc?d%5B%5D=%7Be%7D#%5E%60%5C'
    )
    expect(httpUrl('http://[2001:db8::1]:80/')).toBe('http://[2001:db8::1]/')
  })

  it('is stable, printable and of an allowed scheme, whatever comes in', ({ expect }) => {
    const pieces = fc.constantFrom(
      ...'https: http: mailto: java script: data: // / \\ @ : ? # .. % %0a & " < [ ] a 1'.split(
        ' '
      ),
      'bao.example',
      ' ',
      '\t',
      '\n',
      '\u0000',
      '\u00A0',
      'ế',
      '😀',
      '\uD800'
    )
    const values = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(values, (value) => {
        for (const url of [httpUrl(value), httpUrl(value, base), linkUrl(value, base)]) {
          if (url === null) continue
          expect(url).toMatch(/^(?:https?:\/\/|mailto:|tel:)/)
          expect(url).not.toMatch(/^https?:.*\s|\p{Cc}/u)
          expect(linkUrl(url, base)).toBe(url)
        }
        expect(httpUrl(value, base) ?? 'http:').toMatch(/^https?:/)
        const afterHost = httpUrl(value, base)?.replace(/^https?:\/\/[^/]*/, '') ?? ''
        expect(afterHost).not.toMatch(/[^!#$%&'()*+,\-./\w:;=?@~]/)
      }),
      { numRuns: 1000 }
    )
  })
})
