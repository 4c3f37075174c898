// From a queue's messages to the function that does them. Only here is anything acknowledged or put off.

import { tagsPerCall } from './feeds/edge.ts'
import { log } from './lib/log.ts'
import { platformOf, type InvalidationMessage } from './platform.ts'

/** Lets go of everything that a batch is about, in as few calls as that takes. */
export async function consume(
  batch: MessageBatch<InvalidationMessage>,
  env: Env,
  ctx: ExecutionContext
): Promise<void> {
  const platform = platformOf(env, ctx)
  const tags = [...new Set(batch.messages.flatMap((message) => message.body.tags))]
  for (let from = 0; from < tags.length; from += tagsPerCall) {
    // One after the other: five a minute are all there are.
    // eslint-disable-next-line no-await-in-loop -- see above
    if (await platform.invalidate(tags.slice(from, from + tagsPerCall))) continue
    log('invalidation_refused', { tags: tags.length - from })
    batch.retryAll({ delaySeconds: 15 })
    return
  }
}
