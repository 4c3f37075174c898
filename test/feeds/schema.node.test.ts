// RFC 4287's own RELAX NG (appendix B), applied by jing to every Atom document: golden, at the limits, fuzzed.

import { join } from 'node:path'
import { describe, it } from 'vitest'

import type { Feed } from '../../src/feeds/feed.ts'
import { writeAtom } from '../../src/feeds/atom.ts'
import { articlesOf } from '../support/arbitrary-article.ts'
import { caseNames, feedCases } from '../support/feed-cases.ts'
import { feedWith } from '../support/feed.ts'
import { limitFeeds } from '../support/limit-feeds.ts'
import { inFolder, run, runs } from '../support/programs.ts'

const schema = join(import.meta.dirname, '../fixtures/rfc4287.rnc')

const isThere = runs('sh', ['-c', 'command -v jing'])

/** What jing says against the documents: a line for each fault. */
function faultsOf(documents: readonly string[]): Promise<string[]> {
  return inFolder(documents, async (names, within) => {
    // It ends with 1 where there are faults.
    const command = 'jing -c "$0" "$@" || [ $? = 1 ]'
    const output = await run('sh', ['-c', command, schema, ...names], { cwd: within })
    return output.split('\n').filter((line) => /: (?:error|fatal):/.test(line))
  })
}

const soundCases = caseNames.filter((name) => name !== 'hostile')

describe('RFC 4287, appendix B', () => {
  it('is there to judge: apt-get install jing', ({ expect, skip }) => {
    skip(!isThere && !process.env['CI'], 'NOT TESTED: apt-get install jing')
    expect(isThere, 'apt-get install jing').toBe(true)
  })

  it.skipIf(!isThere)(
    'accepts every golden feed, and every feed at the limits',
    async ({ expect }) => {
      const feeds: Feed[] = [
        ...soundCases.map((name) => feedCases[name]('atom')),
        ...Object.values(limitFeeds),
      ]
      expect(await faultsOf(feeds.map(writeAtom))).toEqual([])
    }
  )

  it.skipIf(!isThere)('accepts whatever articles came through the door', async ({ expect }) => {
    const entries = await articlesOf(600)
    const deleted = entries.slice(0, 9).map(({ guid, updatedAt, title }, index) => ({
      guid: `${guid}-gone`,
      deletedAt: updatedAt,
      note: index % 2 ? title : null,
    }))
    const feeds = [true, false].map((isAggregate) => feedWith({ isAggregate, entries, deleted }))
    expect(await faultsOf(feeds.map(writeAtom))).toEqual([])
  })

  it.skipIf(!isThere)('refuses what is against it', async ({ expect }) => {
    const document = writeAtom(feedCases.full('atom'))
    const broken = [
      document.replace(/<id>.*?<\/id>\n/, ''),
      document.replace(/<updated>.*?</, '<updated>2026-11-18 09:46:40<'),
      document
        .replace('<generator>Loa</generator>\n', '')
        .replace('</feed>', '<generator>Loa</generator>\n</feed>'),
      document.replace('type="audio/mpeg"', 'type="mp3"'),
    ]
    for (const one of broken) {
      expect(one).not.toBe(document)
      expect(await faultsOf([one])).not.toEqual([])
    }
  })
})
