// From a queue's messages to the functions that do them. Only here is anything acknowledged or put off.

import type { Change } from './feeds/edge.ts'
import { tagsPerCall, type Platform } from './feeds/invalidate.ts'
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
  const invalidations = batch.messages.filter(isInvalidation)
  if (invalidations.length > 0) return invalidateTogether(invalidations, platformOf(env, ctx))
  await Promise.all(batch.messages.map((message) => consumeOne(message, env)))
}

type Received = MessageBatch<Message>['messages'][number]
type Invalidation = Received & { readonly body: InvalidationMessage }

function isInvalidation(message: Received): message is Invalidation {
  return message.body.type === 'invalidate'
}

const nextCallSeconds = 15

/**
 * Lets go of what a batch is about: of all that was withdrawn, and in one call of what else changed, since
 * five a minute are all there are. Messages that it does not get to the end of come again.
 */
async function invalidateTogether(
  messages: readonly Invalidation[],
  platform: Platform
): Promise<void> {
  const bodies = messages.map(({ body }) => body)
  const withdrawn = new Set(bodies.flatMap((body) => (body.isWithdrawal ? body.tags : [])))
  const changed = new Set(bodies.flatMap((body) => body.tags.filter((tag) => !withdrawn.has(tag))))
  const done = new Set<string>()
  for (const change of [...callsFor(withdrawn, true), ...callsFor(changed, false).slice(0, 1)]) {
    // eslint-disable-next-line no-await-in-loop -- none after one that is refused
    const isDone = await platform.invalidate(change).catch(() => false)
    if (isDone === false) break
    for (const tag of change.tags) done.add(tag)
  }
  for (const message of messages) {
    if (message.body.tags.every((tag) => done.has(tag))) message.ack()
    else message.retry({ delaySeconds: nextCallSeconds })
  }
  const left = withdrawn.size + changed.size - done.size
  if (left > 0) log('invalidation_behind', { tags: left })
}

function callsFor(tags: ReadonlySet<string>, isWithdrawal: boolean): Change[] {
  const all = [...tags]
  return Array.from({ length: Math.ceil(all.length / tagsPerCall) }, (_, call) => ({
    tags: all.slice(call * tagsPerCall, (call + 1) * tagsPerCall),
    isWithdrawal,
  }))
}

const pauseSeconds = 10

async function consumeOne(message: Received, env: Env): Promise<void> {
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
