import { describe, it } from 'vitest'

import { callbackRefusal, hostOf } from '../../src/lib/callback.ts'

const strict = { ownHosts: ['loa.example'], allowHttp: false, allowPrivate: false }

describe('an address that the hub calls', () => {
  it.for([
    'https://reader.example/',
    'https://reader.example:443/callback?a=1&b=%20+~',
    'https://sub.reader.example/cb',
    'https://độc-giả.example/cb',
    'https://localhost.reader.example/',
    'https://10.0.0.1.reader.example/',
    'HTTPS://Reader.Example/',
  ])('may be %s', (address, { expect }) => {
    expect(callbackRefusal(address, strict)).toBeNull()
  })

  // protocols: every disguise of a private address the URL parser knows, and those it does not.
  it.for([
    'http://reader.example/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://017700000001/',
    'https://①②⑦.0.0.1/',
    'https://127.0.0.1./',
    'https://0/',
    'https://10.1.2.3/',
    'https://169.254.169.254/latest/meta-data/',
    'https://8.8.8.8/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[fd00::1]/',
    'https://localhost/',
    'https://localhost./',
    'https://LOCALHOST/',
    'https://printer/',
    'https://printer.local/',
    'https://db.internal/',
    'https://db.internal./',
    'https://x.localhost/',
    'https://router.home.arpa/',
    'https://service.onion/',
    'https://reader.example:8443/',
    'https://reader.example:80/',
    'https://user:password@reader.example/',
    'https://user@reader.example/',
    'https://loa.example/hub',
    'https://loa.example./hub',
    'https://LOA.example/feed.rss',
    'https://reader.example/#fragment',
    'https://reader.example/#',
    'https:reader.example',
    'https:///reader.example',
    'https://reader.example\\@127.0.0.1/',
    'https://reader.example/a b',
    'https://reader.example/\n',
    ' https://reader.example/',
    'https://reader\u00A0.example/',
    'https://reader.example/\uFFFD',
    '//reader.example/',
    'reader.example',
    'ftp://reader.example/',
    'file:///etc/passwd',
    'data:text/plain,hello',
    '',
    `https://reader.example/${'a'.repeat(2048)}`,
  ])('may not be %j', (address, { expect }) => {
    expect(callbackRefusal(address, strict)).not.toBeNull()
  })

  it('may be http where that is configured, on its own port', ({ expect }) => {
    const policy = { ...strict, allowHttp: true }
    expect(callbackRefusal('http://reader.example/', policy)).toBeNull()
    expect(callbackRefusal('http://reader.example:8080/', policy)).not.toBeNull()
    expect(callbackRefusal('http://127.0.0.1/', policy)).not.toBeNull()
  })

  it('may be anything but ourselves on a developer’s machine', ({ expect }) => {
    const policy = { ownHosts: ['localhost:8787'], allowHttp: false, allowPrivate: true }
    expect(callbackRefusal('http://localhost:9000/', policy)).toBeNull()
    expect(callbackRefusal('http://127.0.0.1:9000/', policy)).toBeNull()
    expect(callbackRefusal('http://localhost:8787/hub', policy)).not.toBeNull()
    expect(callbackRefusal('http://user:password@localhost:9000/', policy)).not.toBeNull()
    expect(callbackRefusal('ftp://localhost/', policy)).not.toBeNull()
  })
})

it('one host is one host, however it is written', ({ expect }) => {
  expect(hostOf('https://Reader.Example./x')).toBe('reader.example')
  expect(hostOf('https://reader.example:443/')).toBe('reader.example')
  expect(hostOf('http://localhost.:8080/')).toBe('localhost:8080')
})
