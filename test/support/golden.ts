// The golden documents in test/fixtures/feeds: what the writers wrote when somebody last looked.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { formats, writersVersion } from '../../src/feeds/formats.ts'
import { caseNames, feedCases } from './feed-cases.ts'

const folder = join(import.meta.dirname, '../fixtures/feeds')
const recordFile = 'version.json'

export const howToRewrite =
  'UPDATE_GOLDEN=1 npx vitest run --config test/vitest.config.ts --project node test/feeds/golden'

/** A document by the name of its file. */
export type Documents = Readonly<Record<string, string>>

/** The writers' version, and the hashes of the documents it wrote. */
export type GoldenRecord = {
  readonly writersVersion: number
  readonly sha256: Readonly<Record<string, string>>
}

/** Every case in every format, as the writers write it now. */
export function writtenNow(): Documents {
  return Object.fromEntries(
    caseNames.flatMap((name) =>
      formats.map(({ extension, write }) => [
        `${name}.${extension}`,
        write(feedCases[name](extension)),
      ])
    )
  )
}

export function readGolden(name: string): Buffer {
  return readFileSync(join(folder, name))
}

/** The names of the golden documents there are. */
export function goldenNames(): string[] {
  return readdirSync(folder)
    .filter((name) => name !== recordFile)
    .toSorted()
}

export function readRecord(): GoldenRecord {
  const record: GoldenRecord = JSON.parse(readGolden(recordFile).toString())
  return record
}

export function recordOf(version: number, documents: Documents): GoldenRecord {
  const hashes = Object.entries(documents).map(([name, text]) => [name, sha256(text)] as const)
  return { writersVersion: version, sha256: Object.fromEntries(hashes) }
}

/**
 * The documents that a reader may hold in an older form under the ETag of the present one: those that
 * changed since the record was made although the version did not rise.
 */
export function changedUnderSameVersion(then: GoldenRecord, now: GoldenRecord): string[] {
  if (now.writersVersion > then.writersVersion) return []
  return Object.entries(then.sha256)
    .filter(([name, hash]) => name in now.sha256 && now.sha256[name] !== hash)
    .map(([name]) => name)
}

/**
 * Makes what is written now the golden documents, and gives the names of the files that changed.
 * Refuses where nobody would look at them, and where the version must rise first.
 */
export function rewriteGoldens(): string[] {
  if (process.env['CI']) throw new Error('golden documents are never rewritten in CI')
  const documents = writtenNow()
  const record = recordOf(writersVersion, documents)
  const unraised = changedUnderSameVersion(readRecord(), record)
  if (unraised.length > 0) throw new Error(`first ${raiseVersion(unraised)}`)
  const files = { ...documents, [recordFile]: `${JSON.stringify(record, null, 2)}\n` }
  const surplus = goldenNames().filter((name) => !(name in documents))
  for (const name of surplus) rmSync(join(folder, name))
  const existing = new Set(readdirSync(folder))
  const changed = Object.entries(files).filter(
    ([name, text]) => !existing.has(name) || !readGolden(name).equals(Buffer.from(text))
  )
  for (const [name, text] of changed) writeFileSync(join(folder, name), text)
  return [...surplus, ...changed.map(([name]) => name)]
}

export function raiseVersion(names: readonly string[]): string {
  return `raise writersVersion in src/feeds/formats.ts (now ${writersVersion}): ${names.join(', ')} changed, and a reader that holds the old document would be answered 304`
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
