// Articles of about 6 kB that are all different and the same in every run: words in an order that a
// counter decides. No I/O.

import { shortHash } from '../../src/lib/short-hash.ts'

const words =
  `ánh bến biển bình bờ bưởi cá cầu chợ chuyến chuyện cơn đảo đầu đèn đê đi đò đồng đường gạo ghe gió
  giờ hàng hè học hội hồ hương kè khách khu kinh kỳ làng lúa mái mạng mưa mùa năm nắng ngày nghề người nhà nhịp nông nước
  phà phố phường quán quê rạch ruộng rừng sáng sân sông suối sương tàu thành tháng thị thợ thôn thủy tin tỉnh trạm trăng
  trẻ triều trường tuyến vải vịnh vụ vườn xã xanh xe xóm xuân xưởng`.split(/\s+/)

const bodyBytes = 6000

export const sourceCount = 20
const topicCount = 40

export type Series = 'seeded' | 'fresh'

/** The nth sample article of a series, as a JSON Feed item. What is fresh is newer than what is seeded. */
export function sampleItem(n: number, series: Series) {
  const random = randomOf(shortHash(`${series} ${n}`))
  const paragraphs: string[] = []
  for (let bytes = 0; bytes < bodyBytes;) {
    const text = `<p>${sentence(random, 60)} <a href="/tin/${n}">${sentence(random, 4)}</a></p>`
    paragraphs.push(text)
    bytes += Buffer.byteLength(text)
  }
  const source = n % sourceCount
  return {
    id: `${series}-${n}`,
    url: `https://nguon-${source}.example/${series}-${n}`,
    title: sentence(random, 9),
    summary: sentence(random, 30),
    content_html: paragraphs.join('\n'),
    date_published: new Date(publishedMs(n, series)).toISOString(),
    language: 'vi',
    authors: [{ name: `PV ${n % 7}` }],
    // 20 and 40 have a divisor in common: without the division, each source would keep to two topics.
    tags: [topicName(Math.floor(n / sourceCount)), topicName(Math.floor(n / 7))],
    image: `https://nguon-${source}.example/${n}.jpg`,
  }
}

// Seeded ones back from the new year, one a minute: so that there is room for copies behind them. Fresh ones
// forth from it, one a second: an article whose time has not come yet would wait for it.
function publishedMs(n: number, series: Series): number {
  return Date.UTC(2026, 0, 1) + (series === 'seeded' ? -60_000 : 1000) * n
}

function topicName(n: number): string {
  return `Chủ đề ${n % topicCount}`
}

function sentence(random: () => number, length: number): string {
  const chosen = Array.from({ length }, () => words[random() % words.length] ?? '')
  const text = chosen.join(' ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

/** A linear congruential generator: chance enough for words. */
function randomOf(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 8
  }
}
