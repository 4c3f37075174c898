// Stands before the deployed Worker while `npm run bench:hub` measures it, and counts what it asks for.

import worker from './worker.js'

export { Feeds } from './worker.js'

const none = {
  messages: 0,
  sends: 0,
  fetches: 0,
  d1Calls: 0,
  statements: 0,
  rowsRead: 0,
  rowsWritten: 0,
}
let counted = { ...none }

const outside = globalThis.fetch
globalThis.fetch = (...request) => {
  counted.fetches++
  return outside(...request)
}

function note(result) {
  counted.statements++
  counted.rowsRead += result.meta.rows_read
  counted.rowsWritten += result.meta.rows_written
  return result
}

function countingDb(db) {
  const wrap = (inner) => ({
    inner,
    bind: (...values) => wrap(inner.bind(...values)),
    all: async () => (counted.d1Calls++, note(await inner.all())),
    run: async () => (counted.d1Calls++, note(await inner.run())),
    async first(column) {
      counted.d1Calls++
      const row = note(await inner.all()).results[0] ?? null
      return column === undefined || row === null ? row : row[column]
    },
  })
  return {
    prepare: (sql) => wrap(db.prepare(sql)),
    async batch(statements) {
      counted.d1Calls++
      return (await db.batch(statements.map((statement) => statement.inner))).map(note)
    },
  }
}

function countingQueue(queue) {
  return {
    send: (...message) => (counted.sends++, queue.send(...message)),
    sendBatch: (...messages) => (counted.sends++, queue.sendBatch(...messages)),
  }
}

function counting(env) {
  return {
    ...env,
    DB: countingDb(env.DB),
    HUB: countingQueue(env.HUB),
    HUB_RETRIES: countingQueue(env.HUB_RETRIES),
    HUB_VERIFICATIONS: countingQueue(env.HUB_VERIFICATIONS),
  }
}

// eslint-disable-next-line import/no-default-export -- that is what a Worker has
export default {
  fetch(request, env, context) {
    if (new URL(request.url).pathname !== '/counts') {
      return worker.fetch(request, counting(env), context)
    }
    const answer = Response.json(counted)
    counted = { ...none }
    return answer
  },
  queue(batch, env, context) {
    if (batch.queue.startsWith('loa-hub')) counted.messages += batch.messages.length
    return worker.queue(batch, counting(env), context)
  },
}
