// What travels through the queues: ids only, so that whoever reads a message acts on what is true then. A
// message that is lost is found again from the data (src/hub/upkeep.ts); one that comes twice finds nothing left to do. No I/O.

export type HubMessage =
  | { readonly type: 'look'; readonly topic: number }
  | { readonly type: 'fan-out'; readonly topic: number; readonly after: readonly [number, number] }
  | { readonly type: 'deliver'; readonly topic: number; readonly subscriptions: readonly number[] }
  | { readonly type: 'verify'; readonly request: number }

// Queues: at most 100 messages, or 256 kB, a call.
const sendMax = 100

/** Puts messages into a queue, as many calls as it takes. */
export async function sendAll(queue: Queue, messages: readonly HubMessage[]): Promise<void> {
  for (let from = 0; from < messages.length; from += sendMax) {
    const batch = messages.slice(from, from + sendMax).map((body) => ({ body }))
    // eslint-disable-next-line no-await-in-loop -- the first shall be on their way first
    await queue.sendBatch(batch)
  }
}
