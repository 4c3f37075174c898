// The sample data: invented organisations whose articles go through the webhook like any other's.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { operate, postSigned } from './client.ts'

type SampleSource = { readonly slug: string; readonly title: string } & Record<string, unknown>
type Correction = { readonly source: string; readonly event: unknown }

const folder = join(import.meta.dirname, 'samples')

function sample(name: string): string {
  return readFileSync(join(folder, name), 'utf8')
}

/** Posts all samples; posting them again changes nothing. `say` is told of each step. */
export async function loadSamples(
  origin: string,
  token: string,
  say: (text: string) => void
): Promise<void> {
  const sources: readonly SampleSource[] = JSON.parse(sample('sources.json'))
  const secrets = new Map<string, string>()
  for (const { slug, ...profile } of sources) {
    await operate(origin, token, { method: 'PUT', path: `/api/sources/${slug}`, body: profile })
    const secret = await secretOf(origin, token, slug)
    secrets.set(slug, secret)
    const { articles } = await postSigned(origin, { source: slug, secret }, sample(`${slug}.json`))
    say(`  ${profile.title}: ${articles.length} articles`)
  }
  const corrections: readonly Correction[] = JSON.parse(sample('corrections.json'))
  for (const { source, event } of corrections) {
    const secret = secrets.get(source) ?? ''
    await postSigned(origin, { source, secret }, JSON.stringify(event))
  }
  say(`  ${corrections.length} corrections`)
}

/** A source's present secret, as the operator may see it. */
export async function secretOf(origin: string, token: string, slug: string): Promise<string> {
  const answer = await operate(origin, token, {
    method: 'GET',
    path: `/api/sources/${slug}/secret`,
  })
  return (answer as { secret: string }).secret
}

/** The slugs of the first hundred sources. */
export async function listSourceSlugs(origin: string, token: string): Promise<string[]> {
  const answer = await operate(origin, token, { method: 'GET', path: '/api/sources' })
  return (answer as { items: { slug: string }[] }).items.map((source) => source.slug)
}
