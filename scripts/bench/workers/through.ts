// Loa as it answers where Workers Cache has the document: the gateway, and its call to the entrypoint `Feeds`,
// which gives what was kept at once, its body compressed, as the platform's cache would in its stead. What
// is not Cloudflare's own here is the gateway and the call; nothing is ever in the memory of this isolate.

import { WorkerEntrypoint } from 'cloudflare:workers'

import { app } from '../../../src/app.ts'
import { renderEncoded, type EdgeProps } from '../../../src/feeds/edge.ts'
import loa from '../../../src/worker.ts'

type Kept = { readonly headers: Headers; readonly body: ArrayBuffer }

const kept = new Map<string, Kept>()

export class Feeds extends WorkerEntrypoint<Env, EdgeProps> {
  override async fetch(request: Request): Promise<Response> {
    const key = `${this.ctx.props.encoding} ${request.url}`
    const found = kept.get(key)
    if (found) return new Response(found.body, { headers: found.headers, encodeBody: 'manual' })
    const render = async (asked: Request) => app.fetch(asked, this.env, this.ctx)
    const rendered = await renderEncoded(request, this.ctx.props.encoding, render)
    if (rendered.status !== 200) return rendered
    const headers = new Headers(rendered.headers)
    headers.set('CF-Cache-Status', 'HIT')
    kept.set(key, { headers, body: await rendered.arrayBuffer() })
    return this.fetch(request)
  }
}

export default loa
