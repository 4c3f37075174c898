// Content codings, RFC 9110 §8.4.1 and §12.5.3.

export type Encoding = 'gzip' | 'identity'

/** Whether whoever sent this `Accept-Encoding` takes gzip; nobody does who says nothing. */
export function preferredEncoding(acceptEncoding: string | null): Encoding {
  const codings = new Map(
    (acceptEncoding ?? '').split(',').map((element) => {
      const [coding = '', ...parameters] = element
        .split(';')
        .map((part) => part.trim().toLowerCase())
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
      return [coding, weight === undefined ? 1 : Number(weight)]
    })
  )
  const weight = codings.get('gzip') ?? codings.get('x-gzip') ?? codings.get('*') ?? 0
  return weight > 0 ? 'gzip' : 'identity'
}

/** The bytes of a body in a coding. */
export async function encodeBody(
  body: ReadableStream | null,
  encoding: Encoding
): Promise<ArrayBuffer> {
  if (body === null) return new ArrayBuffer(0)
  const encoded = encoding === 'gzip' ? body.pipeThrough(new CompressionStream('gzip')) : body
  return new Response(encoded).arrayBuffer()
}
