import { describe, it } from 'vitest'

import { kindOf, readAgent } from '../../src/readers/agent.ts'
import * as fc from '../support/fast-check.ts'

describe('a service that reads for many', () => {
  // As they stand in logs, but for ids of feeds.
  const said: readonly [string, string, number, string][] = [
    ['Feedbin feed-id:1697787 - 102 subscribers', 'Feedbin', 102, '1697787'],
    ['Feedly/1.0 (+http://www.feedly.com/fetcher.html; 462 subscribers; )', 'Feedly', 462, ''],
    [
      'Feedly/1.0 (+http://www.feedly.com/fetcher.html; 50 subscribers; like FeedFetcher-Google)',
      'Feedly',
      50,
      '',
    ],
    [
      'NewsBlur Feed Fetcher - 27 subscribers - https://www.newsblur.com/site/7/wire ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15")',
      'NewsBlur',
      27,
      '',
    ],
    ['NewsBlur Feed Fetcher - 1 subscriber - http://www.newsblur.com/site/1/w', 'NewsBlur', 1, ''],
    ['Inoreader/1.0 (+http://www.inoreader.com/feed-fetcher; 3 subscribers; )', 'Inoreader', 3, ''],
    ['Mozilla/5.0 (compatible; inoreader.com; 114 subscribers)', 'Inoreader', 114, ''],
    [
      'Mozilla/5.0 (compatible; theoldreader.com; 12 subscribers; feed-id=cead6c3a837650eeefd8fe4a)',
      'The Old Reader',
      12,
      'cead6c3a837650eeefd8fe4a',
    ],
    [
      'Mozilla/5.0 (compatible; BazQux/2.4; +https://bazqux.com/fetcher; 5 subscribers)',
      'BazQux',
      5,
      '',
    ],
    [
      'Overcast/1.0 Podcast Sync (1190 subscribers; feed-id=554901; +http://overcast.fm/)',
      'Overcast',
      1190,
      '554901',
    ],
    [
      'Dreamwidth Studios (webmaster@dreamwidth.org; for https://www.dreamwidth.org/users/x_feed/; 2 readers)',
      'Dreamwidth',
      2,
      '',
    ],
    [
      'Netvibes (http://www.netvibes.com/; 5 subscribers; feedID: 5404723)',
      'Netvibes',
      5,
      '5404723',
    ],
    [
      'PlainFeeder v0.0.1 (+http://plainfeeder.com/about ; Subscriber Count: 17)',
      'PlainFeeder',
      17,
      '',
    ],
    [
      'Feedfetcher-Google; (+http://www.google.com/feedfetcher.html; 4 subscribers; feed-id=9048)',
      'Google Feedfetcher',
      4,
      '9048',
    ],
  ]

  for (const [userAgent, name, readers, feedId] of said) {
    it(`is counted as it says: ${userAgent.slice(0, 60)}`, ({ expect }) => {
      expect(readAgent(userAgent)).toEqual({ name, kind: 'service', readers, feedId })
    })
  }

  it('counts as one reader when it says no number', ({ expect }) => {
    const agent = readAgent('Feedfetcher-Google; (+http://www.google.com/feedfetcher.html)')
    expect(agent?.readers).toBe(1)
  })

  it('may write its number with commas', ({ expect }) => {
    expect(readAgent('Feedly/1.0 (1,204 readers)')?.readers).toBe(1204)
  })

  it('is not believed when it claims more than the world has', ({ expect }) => {
    for (const number of ['10000001', '999999999999', '1e9', '9'.repeat(400), '-5']) {
      const readers = readAgent(`Feedbin feed-id:1 - ${number} subscribers`)?.readers ?? 0
      expect(readers, number).toBeGreaterThanOrEqual(1)
      expect(readers, number).toBeLessThanOrEqual(10)
    }
  })
})

describe('a program of one person', () => {
  const said: readonly [string, string][] = [
    ['NetNewsWire (RSS Reader; https://netnewswire.com/)', 'NetNewsWire'],
    ['newsboat/2.13 (Linux x86_64)', 'Newsboat'],
    ['Mozilla/5.0 (compatible; Miniflux/2.2.3; +https://miniflux.app)', 'Miniflux'],
    ['FreshRSS/1.28.0 (Linux; https://freshrss.org)', 'FreshRSS'],
    ['Tiny Tiny RSS/25.07-dea3f2d (Unsupported) (https://tt-rss.org/)', 'Tiny Tiny RSS'],
    ['Liferea/1.13.5 (Linux; en_US; https://lzone.de/liferea/)', 'Liferea'],
    ['Akregator/5.22.3; syndication', 'Akregator'],
    ['SpaceCowboys Android RSS Reader / 2.13.0(3764)', 'Feeder'],
    ['Fiery%20Feeds/572 CFNetwork/3860.100.1 Darwin/25.0.0', 'Fiery Feeds'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Thunderbird/115.0', 'Thunderbird'],
  ]

  for (const [userAgent, name] of said) {
    it(`is one reader: ${userAgent.slice(0, 60)}`, ({ expect }) => {
      expect(readAgent(userAgent)).toEqual({ name, kind: 'app', readers: 1, feedId: '' })
      expect(kindOf(name)).toBe('app')
    })
  }

  it('is one reader, whatever number it claims', ({ expect }) => {
    expect(readAgent('NetNewsWire (5000 subscribers; feed-id=1)')).toMatchObject({
      readers: 1,
      feedId: '',
    })
  })
})

describe('whoever says something else', () => {
  it('is somebody of whom nobody knows whether they read', ({ expect }) => {
    for (const userAgent of ['curl/8.5.0', 'Mozilla/5.0 (X11; Linux x86_64) Firefox/151.0']) {
      expect(readAgent(userAgent)).toMatchObject({ name: 'Other', kind: 'other', readers: 1 })
    }
  })

  it('is nobody when it crawls, or says nothing', ({ expect }) => {
    for (const userAgent of [
      null,
      '',
      '  ',
      'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
      'GPTBot/1.2',
      'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
      'Mozilla/5.0 (compatible; Yahoo! Slurp)',
    ]) {
      expect(readAgent(userAgent), `${userAgent}`).toBeNull()
    }
  })

  it('never gives a name, a number or an id that we did not choose the form of', ({ expect }) => {
    const hostile = fc.oneof(
      fc.string({ maxLength: 10_000, unit: 'binary' }),
      fc
        .tuple(
          fc.constantFrom('Feedbin', 'Feedly', 'newsboat'),
          fc.string(),
          fc.bigInt(),
          fc.string()
        )
        .map(([name, a, number, b]) => `${name} ${a} feed-id:${b} - ${number} subscribers`)
    )
    fc.assert(
      fc.property(hostile, (userAgent) => {
        const agent = readAgent(userAgent)
        if (!agent) return
        expect(agent.name).toMatch(/^[\w ’]{1,30}$/)
        expect(Number.isInteger(agent.readers)).toBe(true)
        expect(agent.readers).toBeGreaterThanOrEqual(0)
        expect(agent.readers).toBeLessThanOrEqual(10_000_000)
        expect(agent.feedId).toMatch(/^[a-z0-9_-]{0,40}$/)
      })
    )
  })
})
