// npm run test:hub-crash: the server is killed twenty times during a thousand posts to a hundred
// subscribers. Takes some minutes; `-- 3 90 20` is a smaller one.

import { crash } from './support/hub-crash.ts'

const [kills = 20, posts = 1000, subscribers = 100] = process.argv.slice(2).map(Number)
const began = Date.now()
const report = await crash({ kills, posts, subscribers, say: console.log })
console.log({
  kills,
  posts,
  subscribers,
  ...report,
  seconds: Math.round((Date.now() - began) / 1000),
})
if (report.current !== subscribers || report.backwards > 0) process.exitCode = 1
process.exit()
