// Which articles are nearly the same, as the database tells it.

import { env } from 'cloudflare:workers'
import { it } from 'vitest'

import { selectSimilar, type Neighbour } from '../../src/articles/similarity-store.ts'
import { differingBits, othersOf, quartersOf, similarBitsMax } from '../../src/lib/simhash.ts'
import * as fc from '../support/fast-check.ts'
import { givenSource, item, posted, published } from '../support/given.ts'
import { watch, type Watched } from '../support/watched-db.ts'

const quartersSql = 'SELECT * FROM simhash_quarters ORDER BY quarter, bits, article_id'

/** Articles as rows, by their hashes. */
async function givenHashes(hashes: readonly string[]): Promise<void> {
  const rows = JSON.stringify(
    hashes.map((hash) => ({
      hash,
      uuid: crypto.randomUUID(),
      quarters: quartersOf(hash),
      others: othersOf(hash),
    }))
  )
  await env.DB.batch([
    env.DB.prepare('DELETE FROM simhash_quarters'),
    env.DB.prepare(
      `INSERT INTO articles (uuid, guid, source_id, external_id, status, revision, published_at,
        updated_at, version_at, fingerprint, size_bytes, url, title, summary, content_html, simhash)
      SELECT value ->> 'uuid', value ->> 'uuid', sources.id, value ->> 'uuid', 'published', 1, 0, 0, 0, '',
        0, 'https://bao.example/', '', '', '', value ->> 'hash'
      FROM json_each(?1), sources`
    ).bind(rows),
    env.DB.prepare(
      `INSERT INTO simhash_quarters (quarter, bits, article_id, other_bits)
      SELECT quarter.key, quarter.value, articles.id,
        article.value -> 'others' ->> cast(quarter.key AS INTEGER)
      FROM json_each(?1) AS article, json_each(article.value, '$.quarters') AS quarter
      JOIN articles ON articles.uuid = article.value ->> 'uuid'`
    ).bind(rows),
  ])
}

async function similarTo(hashes: readonly string[]) {
  const statements: Watched[] = []
  const db = watch(env.DB, statements)
  const results = await db.batch<Neighbour>(selectSimilar(db, hashes))
  const found = new Set(results.flatMap(({ results: rows }) => rows.map((row) => row.simhash)))
  return { found, rowsRead: statements.reduce((sum, { rowsRead }) => sum + rowsRead, 0) }
}

function hashWith(hash: string, flipped: readonly number[]): string {
  const bits = flipped.reduce((sum, bit) => sum ^ (1n << BigInt(bit)), BigInt(`0x${hash}`))
  return bits.toString(16).padStart(16, '0')
}

const digit = fc.constantFrom(...'0123456789abcdef'.split(''))
const anyHash = fc.oneof(
  fc.string({ unit: digit, minLength: 16, maxLength: 16 }),
  fc.constantFrom('0'.repeat(16), 'f'.repeat(16), `8${'0'.repeat(15)}`, `7${'f'.repeat(15)}`)
)
const anyBits = fc.uniqueArray(fc.oneof(fc.nat(63), fc.constantFrom(0, 15, 16, 47, 48, 62, 63)), {
  maxLength: 6,
})

it('the database finds the texts that differ in as many bits as may be, wherever these are, and no others', async ({
  expect,
}) => {
  await givenSource()
  await fc.assert(
    fc.asyncProperty(
      anyHash,
      fc.array(anyBits, { minLength: 1, maxLength: 9 }),
      async (hash, flips) => {
        const hashes = flips.map((bits) => hashWith(hash, bits))
        await givenHashes(hashes)
        const isSimilar = (other: string) => differingBits(hash, other) <= similarBitsMax
        expect((await similarTo([hash])).found).toEqual(new Set(hashes.filter(isSimilar)))
      }
    ),
    { numRuns: 40 }
  )
})

it('what shares a quarter by chance costs a row each, beside two for each quarter, and no article is looked at', async ({
  expect,
}) => {
  await givenSource()
  const hash = '0123456789abcdef'
  await givenHashes(Array.from({ length: 61 }, (_, n) => `0123${String(n).padStart(12, 'f')}`))
  expect(await similarTo([hash])).toEqual({ found: new Set(), rowsRead: 61 + 2 * 4 })
})

it('a text that thousands share is compared with the newest of them', async ({ expect }) => {
  await givenSource()
  const hash = '0123456789abcdef'
  await givenHashes([
    ...Array.from({ length: 3000 }, (_, n) => `0123${String(n).padStart(12, 'f')}`),
    ...Array.from({ length: 1000 }, () => hash),
    hashWith(hash, [63]),
  ])
  const { found, rowsRead } = await similarTo([hash])
  expect(found).toEqual(new Set([hash, hashWith(hash, [63])]))
  expect(rowsRead).toBeLessThan(900)
  expect((await similarTo(['0123000000000000'])).rowsRead).toBeLessThan(600)
})

it('a post files its articles as these are compared', async ({ expect }) => {
  await givenSource()
  const words = Array.from({ length: 200 }, (_, n) => `từ${(n * 7919) % 31}`)
  const items = ['a', 'b', 'c'].map((id, n) =>
    item(id, { content_html: `<p>${words.slice(n * 40).join(' ')}</p>` })
  )
  await posted(published(items))
  const { results } = await env.DB.prepare(quartersSql).all<{ article_id: number }>()
  expect(results).toHaveLength(12)
  const hashes = await env.DB.prepare('SELECT simhash FROM articles ORDER BY id').all<{
    simhash: string
  }>()
  await givenHashes(hashes.results.map((row) => row.simhash))
  const before = await env.DB.prepare(quartersSql).all<{ article_id: number }>()
  expect(before.results).toEqual(
    results.map((row) => ({ ...row, article_id: row.article_id + items.length }))
  )
})

it('articles from before the other bits stood there are looked at themselves', async ({
  expect,
}) => {
  await givenSource()
  const hash = '0123456789abcdef'
  await givenHashes([hashWith(hash, [0]), '0123ffffffffffff', 'ffffffffffffffff'])
  await env.DB.prepare('UPDATE simhash_quarters SET other_bits = NULL').run()
  expect((await similarTo([hash])).found).toEqual(
    new Set([hashWith(hash, [0]), '0123ffffffffffff'])
  )
})
