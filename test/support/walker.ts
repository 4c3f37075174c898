// A client that follows a feed to its beginning (RFC 5005 §4), and what it finds on the way.

import { get, origin } from './given.ts'

export type Step = { readonly path: string; readonly ids: readonly string[] }

/** Every document from the subscription document on, newest archive first; JSON Feed's `next_url`. */
export async function walk(
  path: string,
  onStep: (step: number) => Promise<unknown> = async () => null
): Promise<Step[]> {
  const steps: Step[] = []
  let next: string | undefined = `${origin}${path}/feed.json`
  while (next !== undefined) {
    const documentPath = next.slice(origin.length)
    // One after the other, as a client does.
    // eslint-disable-next-line no-await-in-loop -- see above
    const document = await readJson(documentPath)
    steps.push({ path: documentPath, ids: document.items.map((item) => item.id) })
    next = document.next_url
    // eslint-disable-next-line no-await-in-loop -- see above
    await onStep(steps.length)
  }
  return steps
}

/** The same through Atom's and RSS's links, and the ids of their entries. */
export async function walkXml(path: string, extension: 'rss' | 'atom'): Promise<Step[]> {
  const steps: Step[] = []
  let next: string | undefined = `${path}/feed.${extension}`
  while (next !== undefined) {
    // eslint-disable-next-line no-await-in-loop -- one after the other, as a client does
    const text: string = await (await get(next)).text()
    const entries = text.split(/<(?:entry|item)[ >]/).slice(1)
    const ids = entries.map((entry) => /<(?:id|guid)[^>]*>([^<]*)</.exec(entry)?.[1] ?? '')
    steps.push({ path: next, ids })
    const link = /<(?:atom:)?link rel="prev-archive"[^>]*href="([^"]*)"/.exec(text)?.[1]
    next = link?.slice(origin.length)
  }
  return steps
}

type Document = {
  readonly items: { readonly id: string }[]
  readonly next_url?: string
  readonly _loa?: { readonly archive?: boolean; readonly current_url?: string }
}

export async function readJson(path: string): Promise<Document> {
  const response = await get(path)
  if (response.status !== 200) throw new Error(`${path}: ${response.status}`)
  return response.json<Document>()
}
