// What each refusal means and how to mend it: where the `type` of a problem document leads.

import { problems } from '../lib/problem.ts'
import type { Site } from '../lib/site.ts'
import { Layout } from './layout.tsx'

export function ProblemsPage({ site }: { readonly site: Site }) {
  return (
    <Layout site={site} title="Problems">
      <h1>Problems</h1>
      <p>Every refusal is an RFC 9457 problem document whose type leads here.</p>
      <dl>
        {Object.entries(problems).map(([code, problem]) => (
          <>
            <dt id={code}>
              <strong>
                {problem.status} {problem.title}
              </strong>{' '}
              <code>{code}</code>
            </dt>
            <dd>{problem.remedy}</dd>
          </>
        ))}
      </dl>
    </Layout>
  )
}
