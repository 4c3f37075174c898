// What people do with the pages, in a real browser, against Loa with its sample data.

import { createServer, type Server } from 'node:http'
import { join } from 'node:path'

import axe from 'axe-core'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'

import { postSigned } from '../../scripts/client.ts'
import { devVar } from '../../scripts/dev-vars.ts'
import { secretOf } from '../../scripts/samples.ts'
import { freePort, newStateFolder, startLoa, type Run } from '../support/process.ts'
import { findChromium } from './find-chromium.ts'

// Where to leave a picture of each page, for people to look at.
const pictures = process.env['SCREENSHOTS']

let origin = ''
let loa: Run
let browser: Browser
let partner: Server
let partnerOrigin = ''
/** What the partner's site answers with. */
let partnerPage = ''
let pages: Readonly<Record<string, string>> = {}

beforeAll(async () => {
  const port = await freePort()
  origin = `http://localhost:${port}`
  loa = await startLoa(['--port', String(port), '--persist-to', newStateFolder()])
  browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] })
  partner = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8').end(partnerPage)
  })
  const partnerPort = await freePort()
  partnerOrigin = `http://127.0.0.1:${partnerPort}`
  await new Promise<void>((settle) => partner.listen(partnerPort, '127.0.0.1', settle))
  pages = await addresses()
})

afterAll(async () => {
  await browser.close()
  partner.close()
  loa.signal('SIGTERM')
  await loa.exit
})

async function addresses() {
  const source = '/sources/bao-song-xanh'
  const secret = await secretOf(origin, devVar('OPERATOR_TOKEN') ?? '', 'bao-song-xanh')
  const sender = { source: 'bao-song-xanh', secret }
  const post = (event: object) => postSigned(origin, sender, JSON.stringify(event))
  const { articles } = await post({
    type: 'article.published',
    data: {
      id: 'gỡ',
      url: 'https://baosongxanh.example/go',
      title: 'Tin sẽ gỡ',
      content_html: '<p>Chữ.</p>',
      date_published: '2026-11-01T08:00:00+07:00',
    },
  })
  await post({ type: 'article.retracted', data: { id: 'gỡ', _loa: { note: 'Chưa kiểm chứng.' } } })
  const html = await (await fetch(`${origin}${source}`)).text()
  const all = [...html.matchAll(/<li><a href="(\/articles\/[^"]+)"/g)].map(([, path]) => `${path}`)
  const corrected = /href="(\/articles\/[^"]+)"(?:(?!<li>).)*corrected/s.exec(html)?.[1] ?? ''
  return {
    home: '/',
    source,
    topic: '/topics/do-thi',
    both: `${source}/topics/do-thi`,
    older: /<a href="([^"]+)" rel="next">/.exec(html)?.[1] ?? '',
    sources: '/sources',
    topics: '/topics',
    article: all[0] ?? '',
    corrected,
    retracted: articles[0]?.url.slice(origin.length) ?? '',
    republish: `${all[0]}/republish`,
    embed: '/topics/do-thi/embed',
    search: '/search?q=duong',
    problems: '/problems',
    missing: '/sources/nobody',
  }
}

type Opened = {
  readonly page: Page
  /** What the browser complained of, and what was asked of other hosts but pictures. */
  readonly complaints: string[]
}

/** A page in a browser of its own; other hosts give a picture and nothing else. */
async function open(path: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext({ locale: 'en-GB', ...options })
  const complaints: string[] = []
  const picture =
    '<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="800"><rect width="1200" height="800" fill="#7a9"/></svg>'
  await context.route(
    (url) => url.origin !== origin && url.origin !== partnerOrigin,
    async (route) => {
      if (route.request().resourceType() === 'image') {
        await route.fulfill({ contentType: 'image/svg+xml', body: picture })
        return
      }
      complaints.push(`asked for ${route.request().url()}`)
      await route.abort()
    }
  )
  const page = await context.newPage()
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(path.startsWith('http') ? path : origin + path)
  return { page, complaints }
}

/** From now on a page's time passes only when the test says so, however slow the machine is. */
async function stopClock({ page }: Opened): Promise<void> {
  const now = Date.now()
  await page.clock.install({ time: now })
  await page.clock.pauseAt(now + 3_600_000)
}

async function close({ page }: Opened): Promise<void> {
  await page.context().close()
}

type Violation = {
  readonly id: string
  readonly help: string
  readonly nodes: readonly { html: string }[]
}

async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate<{ violations: Violation[] }>('axe.run(document)')
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html}`)
}

const looks = [
  { width: 1100, colorScheme: 'light', hl: 'vi' },
  { width: 320, colorScheme: 'dark', hl: 'vi' },
  { width: 1100, colorScheme: 'dark', hl: 'en' },
  { width: 320, colorScheme: 'light', hl: 'en' },
] as const

describe.each(looks)('at $width pixels, $colorScheme, in $hl', ({ width, colorScheme, hl }) => {
  it('every page fits, loads nothing foreign, and has no fault that axe-core finds', async ({
    expect,
  }) => {
    for (const [name, path] of Object.entries(pages)) {
      const address = `${path}${path.includes('?') ? '&' : '?'}hl=${hl}`
      const opened = await open(address, { viewport: { width, height: 900 }, colorScheme })
      const { page, complaints } = opened
      const isRefusal = name === 'retracted' || name === 'missing'
      expect(
        complaints.filter((text) => !(isRefusal && / 4\d\d /.test(text))),
        name
      ).toEqual([])
      const [content, window] = await page.evaluate<[number, number]>(
        '[document.documentElement.scrollWidth, document.documentElement.clientWidth]'
      )
      expect(content, `${name} is wider than the window`).toBeLessThanOrEqual(window)
      expect(await accessibilityFaults(page), name).toEqual([])
      expect(await page.locator('html').getAttribute('lang')).toBe(hl)
      const ground = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor')
      expect(Number(/\d+/.exec(ground)?.[0]) > 128, name).toBe(colorScheme === 'light')
      if (pictures) {
        const file = `${name}-${width}-${colorScheme}-${hl}.png`
        await page.screenshot({ path: join(pictures, file), fullPage: true })
      }
      await close(opened)
    }
  })
})

describe('with the keyboard alone', () => {
  it('a reader skips the menu and copies an address', async ({ expect }) => {
    const opened = await open(`${pages['source']}?hl=en`, {
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    const { page } = opened
    await stopClock(opened)
    const focused = () => page.locator(':focus')
    await page.keyboard.press('Tab')
    expect(await focused().textContent()).toBe('Skip to the content')
    expect((await focused().boundingBox())?.width).toBeGreaterThan(50)
    await page.keyboard.press('Enter')
    expect(page.url()).toMatch(/#content$/)
    const seen: string[] = []
    for (let step = 0; step < 40; step++) {
      await page.keyboard.press('Tab')
      const name = (await focused().getAttribute('aria-label')) ?? (await focused().textContent())
      seen.push(name?.trim() ?? '')
      const outline = await page.evaluate<string>(
        'getComputedStyle(document.activeElement).outlineStyle'
      )
      expect(outline, name ?? '').toBe('solid')
      if (name === 'Copy: Atom') break
    }
    // The menu was left out, the readers and the addresses come in the order they are seen.
    expect(seen).not.toContain('Sources')
    expect(seen.slice(-7)).toEqual([
      'The Old Reader',
      'Feedbin',
      'App on this device',
      `${origin}/sources/bao-song-xanh/feed.rss`,
      'Copy: RSS',
      `${origin}/sources/bao-song-xanh/feed.atom`,
      'Copy: Atom',
    ])
    await page.keyboard.press('Enter')
    await page.getByRole('status').filter({ hasText: 'Copied' }).waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      `${origin}/sources/bao-song-xanh/feed.atom`
    )
    await close(opened)
  })
})

describe('a copy button', () => {
  const permissions = ['clipboard-read', 'clipboard-write']

  it('copies what it stands at, to the letter, and says so', async ({ expect }) => {
    const opened = await open(`${pages['republish']}?hl=vi`, { permissions })
    const { page } = opened
    await stopClock(opened)
    const buttons = page.locator('button[data-copy]')
    expect(await buttons.count()).toBe(6)
    for (const button of await buttons.all()) {
      const id = await button.getAttribute('data-copy')
      const text = await page.evaluate<string>(
        `(document.getElementById('${id}').value ?? document.getElementById('${id}').textContent)`
      )
      await button.click()
      await button.filter({ hasText: 'Đã sao chép' }).waitFor()
      expect(await page.getByRole('status').textContent()).toBe('Đã sao chép')
      expect(await page.locator('button', { hasText: 'Đã sao chép' }).count()).toBe(1)
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe(text)
      expect(text.length).toBeGreaterThan(20)
    }
    const labels = await buttons.allTextContents()
    expect(labels.at(-1)).toBe('Đã sao chép')
    await page.clock.runFor(2999)
    expect(await buttons.allTextContents()).toEqual(labels)
    await page.clock.runFor(1)
    expect(await buttons.allTextContents()).toEqual(labels.map(() => 'Sao chép'))
    expect(await page.getByRole('status').textContent()).toBe('')
    await close(opened)
  })

  it('works where the browser has no clipboard for scripts', async ({ expect }) => {
    const opened = await open('/problems', { permissions })
    const { page } = opened
    await stopClock(opened)
    await page.addInitScript("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    for (const id of ['rss', 'box']) {
      await page.goto(`${origin}${pages['source']}`)
      await page.locator(`button[data-copy=${id}]`).click()
      await page.getByRole('status').filter({ hasText: 'Copied' }).waitFor()
      const reader = await page.context().newPage()
      await reader.goto(`${origin}${pages['source']}`)
      const field = reader.getByRole('searchbox')
      await field.focus()
      await reader.keyboard.press('Control+V')
      expect(await field.inputValue()).toContain('/sources/bao-song-xanh/')
      await reader.close()
    }
    await close(opened)
  })
})

describe('without script', () => {
  it('everything is there but the buttons that copy', async ({ expect }) => {
    const opened = await open(`${pages['source']}?hl=en`, { javaScriptEnabled: false })
    const { page } = opened
    expect(await page.locator('button[data-copy]:visible').count()).toBe(0)
    await page.getByText('Headlines as plain HTML').click()
    expect(await page.locator('#headlines').inputValue()).toContain('<li><a href="https://')
    const first = await page.locator('.articles > li > a').first().textContent()
    await page.getByRole('link', { name: 'Older articles' }).click()
    await page.waitForURL(/before=/)
    expect(await page.locator('h1').textContent()).toBe('Báo Sông Xanh: older articles')
    expect(await page.locator('.articles > li > a').allTextContents()).not.toContain(first)
    await page.getByRole('link', { name: 'Tiếng Việt' }).click()
    await page.waitForURL(/hl=vi/)
    expect(await page.locator('h1').textContent()).toBe('Báo Sông Xanh: bài cũ hơn')
    await page.getByRole('searchbox').fill('hanh lang xanh')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/search\?/)
    expect(await page.locator('h1').textContent()).toBe('Tìm kiếm: hanh lang xanh')
    expect(await page.locator('.articles > li').count()).toBe(15)
    await page.getByRole('link', { name: 'Chủ đề' }).click()
    await page.waitForURL(/\/topics\?/)
    expect(await page.locator('html').getAttribute('lang')).toBe('vi')
    await close(opened)
  })
})

it('the reader’s own language is taken', async ({ expect }) => {
  for (const [locale, language] of [
    ['vi-VN', 'vi'],
    ['en-US', 'en'],
    ['fr-FR', 'en'],
  ] as const) {
    const opened = await open('/', { locale })
    expect(await opened.page.locator('html').getAttribute('lang')).toBe(language)
    await close(opened)
  }
})

describe('on a partner’s site of another origin', () => {
  it('the line from a feed’s page shows its headlines, as tall as they need', async ({
    expect,
  }) => {
    const feedPage = await open(`${pages['topic']}?hl=vi`)
    const line = await feedPage.page.locator('#box').inputValue()
    await close(feedPage)
    for (const width of [320, 900]) {
      partnerPage = `<!doctype html><html lang="vi"><title>Trang bạn</title><main><h1>Trang bạn</h1>${line}</main></html>`
      const opened = await open(partnerOrigin, { viewport: { width, height: 700 } })
      const { page, complaints } = opened
      const frame = page.frameLocator('iframe')
      // It is loaded when it comes into sight.
      await frame.locator('.articles > li').nth(4).waitFor()
      expect(await frame.locator('.articles > li').count()).toBe(5)
      expect(await frame.locator('h1').textContent()).toBe('Đô thị')
      const heightOf = async () => (await page.locator('iframe').boundingBox())?.height ?? 0
      const contentOf = () =>
        page
          .frames()[1]
          ?.evaluate<number>('document.documentElement.getBoundingClientRect().height')
      // The frame follows what is in it a moment later.
      await expect
        .poll(
          async () => {
            const [height, content] = [await heightOf(), (await contentOf()) ?? 0]
            // What the line asks for where a browser cannot do it is the least.
            return Math.abs(height - Math.max(content, 26 * 16))
          },
          { message: `the frame at ${width}`, timeout: 30_000 }
        )
        .toBeLessThan(1)
      const content = await contentOf()
      expect(content, 'is taller than the least on a telephone').toBeGreaterThan(
        width === 320 ? 26 * 16 : 200
      )
      expect(complaints).toEqual([])
      expect(await accessibilityFaults(page)).toEqual([])
      if (pictures)
        await page.screenshot({ path: join(pictures, `partner-${width}.png`), fullPage: true })
      await close(opened)
    }
  })

  it('a headline opens the original in a window of its own', async ({ expect }) => {
    partnerPage = `<!doctype html><title>Trang bạn</title><iframe src="${origin}/embed" title="Tin"></iframe>`
    const opened = await open(partnerOrigin)
    const { page } = opened
    const popup = page.waitForEvent('popup')
    await page.frameLocator('iframe').locator('.articles a').first().click()
    await popup
    expect(page.url()).toBe(`${partnerOrigin}/`)
    await close(opened)
  })

  it('no other page can be put into a frame', async ({ expect }) => {
    for (const [name, path] of Object.entries(pages)) {
      partnerPage = `<!doctype html><title>Trang khác</title><iframe src="${origin}${path}"></iframe>`
      const opened = await open(partnerOrigin)
      const frame = opened.page.frames()[1]
      await frame?.waitForLoadState()
      expect(await frame?.locator('main').count(), name).toBe(name === 'embed' ? 1 : 0)
      await close(opened)
    }
  })
})
