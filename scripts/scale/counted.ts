// What each kind of work asks of D1, as test/scale.test.ts counts it; docs/benchmarks.md has the rows of the
// others. No I/O.

export const counted = {
  /** Of a post of one article on two topics; its rows are those of docs/benchmarks.md. */
  post: { statements: 16 },
  /** Of a document of 75 articles, which is the mean of 50 to 99: of one source 78 rows, of several 152. */
  render: { statements: 4, rowsRead: 115 },
  revalidation: { statements: 1 },
  /** The page of a feed; the page of an article asks for less, the home page for three times as much. */
  page: { statements: 4, rowsRead: 85 },
  /** A reading program's number, or a reader's mark, is told to the database; most are known already. */
  sighting: { rowsRead: 4 },
  /** A program's number for a day: its row, and that of the index. */
  program: { rowsWritten: 2 },
  /** A reader's mark: written, and removed when the day is over. */
  mark: { rowsWritten: 2 },
  /** A minute in which nothing is due. */
  minute: { statements: 26, rowsRead: 60 },
}
