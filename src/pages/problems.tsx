// What each refusal means and how to mend it: where the `type` of a problem document leads. No I/O.

import { problems } from '../lib/problem.ts'
import { Layout } from './layout.tsx'
import type { View } from './view.ts'

export function ProblemsPage({ view }: { readonly view: View }) {
  return (
    <Layout view={view} title={view.words.problems}>
      <h1>{view.words.problems}</h1>
      <p>{view.words.problemsLead}</p>
      <dl lang="en">
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
