// What D1 asks of those who use it.

/**
 * Runs groups of statements as one batch, and gives the rows of each group. A group without statements
 * has no rows.
 */
export async function runGroups(
  db: D1Database,
  groups: readonly (readonly D1PreparedStatement[])[]
): Promise<unknown[][]> {
  const statements = groups.flat()
  const results = statements.length === 0 ? [] : await db.batch(statements)
  let from = 0
  return groups.map((group) => {
    const ofGroup = results.slice(from, from + group.length)
    from += group.length
    return ofGroup.flatMap((result) => result.results)
  })
}

/**
 * The elements of a JSON array, at least one, as rows of a subquery, in `column1`. D1 counts none of them as read, as it
 * does those of `json_each` and of `IN (…)`; for the same number of them the statement is the same.
 */
export function elementsOf(parameter: string, count: number): string {
  return `(VALUES ${Array.from({ length: count }, (_, index) => `(${parameter} ->> ${index})`).join(', ')})`
}
