// From a queue's messages to the functions that do them. Only here is anything acknowledged or put off.

import { tagsPerCall } from './feeds/edge.ts'
import { deliver } from './hub/deliver.ts'
import type { HubMessage } from './hub/messages.ts'
import { fanOut, look } from './hub/publish.ts'
import { verify } from './hub/verify.ts'
import { log } from './lib/log.ts'
import { epochMilliseconds } from './lib/time.ts'
import { platformOf, type InvalidationMessage } from './platform.ts'

export type Message = HubMessage | InvalidationMessage

/** A queue hands over messages of one kind only. */
export async function consume(
  batch: MessageBatch<Message>,
  env: Env,
  ctx: ExecutionContext
): Promise<void> {
  const tags = batch.messages.flatMap(({ body }) => (body.type === 'invalidate' ? body.tags : []))
  if (tags.length > 0) return invalidateTogether(batch, [...new Set(tags)], platformOf(env, ctx))
  await Promise.all(batch.messages.map((message) => consumeOne(message, env)))
}

const refusedPauseSeconds = 15

/** Lets go of everything that a batch is about, in as few calls as that takes. */
async function invalidateTogether(
  batch: MessageBatch<Message>,
  tags: readonly string[],
  platform: ReturnType<typeof platformOf>
): Promise<void> {
  for (let from = 0; from < tags.length; from += tagsPerCall) {
    // One after the other: five a minute are all there are.
    // eslint-disable-next-line no-await-in-loop -- see above
    const isDone = await platform.invalidate(tags.slice(from, from + tagsPerCall))
    if (isDone !== false) continue
    log('invalidation_refused', { tags: tags.length - from })
    batch.retryAll({ delaySeconds: refusedPauseSeconds })
    return
  }
}

const pauseSeconds = 10

async function consumeOne(
  message: MessageBatch<Message>['messages'][number],
  env: Env
): Promise<void> {
  try {
    if (message.body.type !== 'invalidate') await handle(message.body, env)
    message.ack()
  } catch (error) {
    // An outage, or a bug: what remains after the last try is found by the cron.
    log('message_failed', { message: message.body, attempts: message.attempts, error })
    message.retry({ delaySeconds: pauseSeconds * message.attempts })
  }
}

function handle(message: HubMessage, env: Env): Promise<void> {
  switch (message.type) {
    case 'look':
      return look(env, message.topic, epochMilliseconds)
    case 'fan-out':
      return fanOut(env, message, epochMilliseconds)
    case 'deliver':
      return deliver(env, message, epochMilliseconds)
    case 'verify':
      return verify(env, message.request, epochMilliseconds)
  }
}
