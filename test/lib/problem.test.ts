import { describe, it } from 'vitest'

import { Problem, problemResponse, problems, type ProblemCode } from '../../src/lib/problem.ts'

const origin = 'https://loa.example'
const codes = Object.keys(problems) as ProblemCode[]

describe('a problem response (RFC 9457)', () => {
  it('says what it is in the members of §3.1', async ({ expect }) => {
    const response = problemResponse(new Problem('gone', 'Taken back on 20 November.'), origin)
    expect(response.status).toBe(410)
    expect(response.headers.get('Content-Type')).toBe('application/problem+json')
    expect(await response.json()).toEqual({
      type: 'https://loa.example/problems#gone',
      status: 410,
      title: problems.gone.title,
      detail: 'Taken back on 20 November.',
    })
  })

  it('has the same status in the document as in the answer, for every code', async ({ expect }) => {
    for (const code of codes) {
      const response = problemResponse(new Problem(code, 'detail'), origin)
      const body = await response.json<Record<string, unknown>>()
      expect(body['status'], code).toBe(response.status)
      expect(response.status, code).toBeGreaterThanOrEqual(400)
      expect(response.status, code).toBeLessThan(600)
    }
  })

  it('has a type for each code that is a URL with a fragment of letters', async ({ expect }) => {
    const types = await Promise.all(
      codes.map(async (code) => {
        const response = problemResponse(new Problem(code, ''), 'https://day.example:8443')
        return (await response.json<{ type: string }>()).type
      })
    )
    expect(new Set(types).size).toBe(codes.length)
    for (const type of types) {
      expect(type).toMatch(/^https:\/\/day\.example:8443\/problems#[a-z]+(?:-[a-z]+)*$/)
    }
  })

  it('has a title per type, which does not change from one occurrence to the next', async ({
    expect,
  }) => {
    const title = async (detail: string) =>
      (await problemResponse(new Problem('invalid', detail), origin).json<{ title: string }>())
        .title
    expect(await title('one')).toBe(await title('two'))
    expect(new Set(codes.map((code) => problems[code].title)).size).toBe(codes.length)
  })

  it('points at what to mend, in the extension "errors"', async ({ expect }) => {
    const errors = [
      { pointer: '/items/0/id', detail: 'is missing' },
      { pointer: '', detail: 'is odd' },
    ]
    const response = problemResponse(new Problem('invalid', 'detail', { errors }), origin)
    expect(await response.json()).toMatchObject({ errors })
  })

  it('has no "errors" where there are none, and nothing of the inside', async ({ expect }) => {
    const problem = new Problem('internal', 'detail')
    const body = await problemResponse(problem, origin).text()
    expect(Object.keys(JSON.parse(body) as object)).toEqual(['type', 'status', 'title', 'detail'])
    expect(body).not.toContain('stack')
    expect(body).not.toContain('.ts')
  })

  it('is stored by no cache', ({ expect }) => {
    for (const code of codes) {
      const { headers } = problemResponse(new Problem(code, ''), origin)
      expect(headers.get('Cache-Control'), code).toBe('no-store')
    }
  })

  it('carries the headers that belong to the refusal, beside its own', ({ expect }) => {
    const headers = { Allow: 'GET, HEAD', 'Retry-After': '30' }
    const response = problemResponse(new Problem('method-not-allowed', '', { headers }), origin)
    expect(response.headers.get('Allow')).toBe('GET, HEAD')
    expect(response.headers.get('Retry-After')).toBe('30')
    expect(response.headers.get('Content-Type')).toBe('application/problem+json')
    expect(response.headers.get('Cache-Control')).toBe('no-store')
  })

  it('may let a refusal say otherwise about caching', ({ expect }) => {
    const headers = { 'Cache-Control': 'public, max-age=60' }
    const response = problemResponse(new Problem('gone', '', { headers }), origin)
    expect(response.headers.get('Cache-Control')).toBe('public, max-age=60')
  })

  it('survives any text in its detail', async ({ expect }) => {
    const detail = 'Đảng bộ "</script>" \u0000\uD800'
    const response = problemResponse(new Problem('conflict', detail), origin)
    expect((await response.json<{ detail: string }>()).detail).toBe(detail)
  })
})

describe('a problem', () => {
  it('is an error that says its detail', ({ expect }) => {
    const problem = new Problem('not-found', 'No such feed.')
    expect(problem).toBeInstanceOf(Error)
    expect(problem.message).toBe('No such feed.')
    expect(problem).toMatchObject({ code: 'not-found', errors: [], headers: {} })
  })

  it('has a remedy for each code, a whole sentence', ({ expect }) => {
    for (const code of codes) expect(problems[code].remedy, code).toMatch(/^[A-Z].*\.$/s)
  })
})
