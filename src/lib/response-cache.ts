// Answers kept in memory, within a number of bytes. No I/O, no clock.

/** An answer as bytes, so that giving it again costs no encoding; what else it has is the caller's. */
export type Kept = {
  readonly body: ArrayBuffer
  /** What it depends on: names of any kind. */
  readonly tags: readonly string[]
  readonly freshUntilMs: number
}

export type ResponseCache<K extends Kept> = {
  readonly find: (key: string) => K | null
  /** Keeps an answer, and forgets those that were asked for longest ago as far as there is no room. */
  readonly keep: (key: string, response: K) => void
  readonly forget: (key: string) => void
  /** Lets every answer that depends on one of these be stale, or forgets it. */
  readonly invalidate: (tags: readonly string[], how: 'make stale' | 'forget') => void
  readonly clear: () => void
  /** How often something was invalidated: an answer that was begun before may be stale already. */
  readonly generation: () => number
  readonly bytes: () => number
}

// What an answer takes beside its body: its fields, in several forms, and each of its tags.
const overheadBytes = 8_000
const tagBytes = 150

/** A cache of at most `bytesMax` bytes; one answer takes at most a quarter of them. */
export function createResponseCache<K extends Kept>(bytesMax: number): ResponseCache<K> {
  // In the order of their last use, oldest first.
  const kept = new Map<string, K>()
  let bytes = 0
  let generation = 0
  const sizeOf = ({ body, tags }: K) => body.byteLength + overheadBytes + tags.length * tagBytes
  const forget = (key: string) => {
    const response = kept.get(key)
    if (response && kept.delete(key)) bytes -= sizeOf(response)
  }
  return {
    find: (key) => {
      const response = kept.get(key)
      if (!response) return null
      kept.delete(key)
      kept.set(key, response)
      return response
    },
    keep: (key, response) => {
      forget(key)
      if (sizeOf(response) > bytesMax / 4) return
      kept.set(key, response)
      bytes += sizeOf(response)
      for (const oldest of kept.keys()) {
        if (bytes <= bytesMax) return
        forget(oldest)
      }
    },
    forget,
    invalidate: (tags, how) => {
      generation++
      const changed = new Set(tags)
      for (const [key, response] of kept) {
        if (!response.tags.some((tag) => changed.has(tag))) continue
        if (how === 'forget') forget(key)
        else if (response.freshUntilMs > 0) kept.set(key, { ...response, freshUntilMs: 0 })
      }
    },
    clear: () => {
      kept.clear()
      bytes = 0
    },
    generation: () => generation,
    bytes: () => bytes,
  }
}
