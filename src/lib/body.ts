// Reading what a stranger sends, with a limit.

/**
 * The body of a request or an answer, or null once it passes `bytesMax`. Counts what arrives: a missing or lying
 * Content-Length changes nothing.
 */
export async function readBody(
  message: Request | Response,
  bytesMax: number
): Promise<Uint8Array | null> {
  if (Number(message.headers.get('Content-Length') ?? 0) > bytesMax) return null
  if (!message.body) return new Uint8Array(0)
  const chunks: Uint8Array[] = []
  let length = 0
  const stream: ReadableStream<Uint8Array> = message.body
  for await (const chunk of stream) {
    length += chunk.byteLength
    if (length > bytesMax) return null
    chunks.push(chunk)
  }
  if (chunks.length === 1 && chunks[0]) return chunks[0]
  const body = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    body.set(chunk, offset)
    offset += chunk.byteLength
  }
  return body
}

export type Json = { readonly value: unknown; readonly text: string }

/** JSON in UTF-8 (RFC 8259 §8.1), or null when the bytes are not. A byte order mark is ignored. */
export function parseJson(bytes: Uint8Array): Json | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
    const value: unknown = JSON.parse(text)
    return { value, text }
  } catch {
    return null
  }
}
