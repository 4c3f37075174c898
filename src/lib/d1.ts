/**
 * Runs groups of statements as one batch, and gives the rows of each group. A group without statements
 * has no rows.
 */
export async function runGroups(
  db: D1Database,
  groups: readonly (readonly D1PreparedStatement[])[]
): Promise<unknown[][]> {
  const results = await db.batch(groups.flat())
  let from = 0
  return groups.map((group) => {
    const ofGroup = results.slice(from, from + group.length)
    from += group.length
    return ofGroup.flatMap((result) => result.results)
  })
}
