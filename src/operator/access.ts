// Who may steer this Loa: whoever has OPERATOR_TOKEN.

import { createMiddleware } from 'hono/factory'

import { isEqualSecret } from '../lib/hmac.ts'
import { Problem } from '../lib/problem.ts'

/** Lets nobody else through; asked before anything is looked up. */
export const operatorOnly = createMiddleware<{ Bindings: Env }>(async (c, next) => {
  const token = /^Bearer +([!-~]+)$/i.exec(c.req.header('Authorization') ?? '')?.[1]
  if (token === undefined || !(await isEqualSecret(token, c.env.OPERATOR_TOKEN))) {
    throw new Problem('not-operator', 'The operator’s token is missing or wrong.', {
      headers: { 'WWW-Authenticate': 'Bearer' },
    })
  }
  c.header('Cache-Control', 'no-store')
  await next()
})
