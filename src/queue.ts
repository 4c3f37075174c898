// From a queue's message to the function that does it. Only here is anything acknowledged or put off.

import { deliver } from './hub/deliver.ts'
import type { HubMessage } from './hub/messages.ts'
import { fanOut, look } from './hub/publish.ts'
import { deny, verify } from './hub/verify.ts'
import { log } from './lib/log.ts'
import { epochMilliseconds } from './lib/time.ts'

const pauseSeconds = 10

export async function consume(batch: MessageBatch<HubMessage>, env: Env): Promise<void> {
  await Promise.all(
    batch.messages.map(async (message) => {
      try {
        await handle(message.body, env)
        message.ack()
      } catch (error) {
        // An outage, or a bug: what remains after the last try is found by the cron.
        log('message_failed', { message: message.body, attempts: message.attempts, error })
        message.retry({ delaySeconds: pauseSeconds * message.attempts })
      }
    })
  )
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
    case 'deny':
      return deny(env, message.subscription)
  }
}
