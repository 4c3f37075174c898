// npm run post -- FILE.json [--source SLUG] [--url ORIGIN] [--dry-run]
//
// Signs a JSON Feed item, an event or a JSON Feed document with the source's secret and posts it.
// The secret is LOA_SECRET (whsec_…); without it, the operator's token (OPERATOR_TOKEN, or .dev.vars)
// is used to ask for it.

import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

import { postSigned, Refusal, type Answer, type Finding } from './client.ts'
import { devVar } from './dev-vars.ts'
import { listSourceSlugs, secretOf } from './samples.ts'

const usage = 'Usage: npm run post -- FILE.json [--source SLUG] [--url ORIGIN] [--dry-run]'

try {
  const { file, source, origin, isDryRun } = readOptions()
  const body = eventOf(readDocument(file))
  const slug = source ?? (await onlySource(origin))
  const secret = await findSecret(origin, slug)
  const answer = await postSigned(origin, { source: slug, secret, isDryRun }, body)
  if (isDryRun) console.log('Nothing was stored: this was a dry run.')
  console.log(describe(answer))
} catch (error) {
  console.error(explain(error))
  process.exitCode = 1
}

function readOptions() {
  const { values, positionals } = parseArgs({
    options: {
      source: { type: 'string' },
      url: { type: 'string', default: 'http://localhost:8787' },
      'dry-run': { type: 'boolean', default: false },
    },
    allowPositionals: true,
  })
  const [file, ...more] = positionals
  if (!file || more.length > 0) throw new Error(usage)
  return {
    file,
    source: values.source,
    origin: new URL(values.url).origin,
    isDryRun: values['dry-run'],
  }
}

function readDocument(file: string): unknown {
  const text = readFileSync(file, 'utf8')
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`${file} is not JSON: ${(error as Error).message}`, { cause: error })
  }
}

/** What is an event or a JSON Feed document stays as it is; an item becomes the data of an event. */
function eventOf(document: unknown): string {
  const isItem = typeof document === 'object' && document !== null && 'id' in document
  if (!isItem) return JSON.stringify(document)
  const timestamp = new Date().toISOString()
  return JSON.stringify({ type: 'article.published', timestamp, data: document })
}

async function onlySource(origin: string): Promise<string> {
  const slugs = await listSourceSlugs(origin, operatorToken())
  const [only, ...more] = slugs
  if (only && more.length === 0) return only
  throw new Error(
    only ? `Say for which source: --source ${slugs.join(' | ')}` : 'There is no source yet.'
  )
}

async function findSecret(origin: string, source: string): Promise<string> {
  return process.env['LOA_SECRET'] || (await secretOf(origin, operatorToken(), source))
}

function operatorToken(): string {
  const token = process.env['OPERATOR_TOKEN'] || devVar('OPERATOR_TOKEN')
  if (!token) throw new Error('Set LOA_SECRET, or OPERATOR_TOKEN, or run npm start once.')
  return token
}

function describe(answer: Answer): string {
  const articles = answer.articles.map(
    (article) =>
      `${article.outcome.padEnd(9)} ${article.id}\n          ${article.url}${findings(article.findings)}`
  )
  return [...articles, findings(answer.findings ?? []).trimStart()].filter(Boolean).join('\n')
}

function findings(list: readonly Finding[]): string {
  return list
    .map(({ level, pointer, message }) => `\n          ${level} ${pointer}: ${message}`)
    .join('')
}

function explain(error: unknown): string {
  if (error instanceof Refusal) return error.message
  if (!(error instanceof Error)) return String(error)
  // What fetch says when nobody listens.
  if (error instanceof TypeError && error.cause) {
    return 'Nothing answers there. Is Loa running (npm start)? Is --url right?'
  }
  return error.message
}
