// JSON in and out of D1. No I/O.

// D1 takes no parameter over 2,000,000 bytes.
const parameterBytesMax = 1_500_000

/**
 * The rows as JSON arrays that each fit into one parameter of D1, in order, so that a statement over
 * `json_each(?1)` writes many rows. A row by itself must stay under 1,500,000 bytes of JSON.
 */
export function jsonParameters(rows: readonly unknown[]): string[] {
  const parameters: string[] = []
  let texts: string[] = []
  let bytes = 0
  for (const row of rows) {
    const text = JSON.stringify(row)
    // At most 3 bytes a UTF-16 unit; counting them exactly would cost more than it saves.
    const size = text.length * 3
    if (texts.length > 0 && bytes + size > parameterBytesMax) {
      parameters.push(`[${texts.join(',')}]`)
      texts = []
      bytes = 0
    }
    texts.push(text)
    bytes += size
  }
  if (texts.length > 0) parameters.push(`[${texts.join(',')}]`)
  return parameters
}

/** A JSON column as the value it was written from: only we write these columns. */
export function fromJsonColumn<T>(text: string): T {
  // eslint-disable-next-line typescript/no-unsafe-type-assertion -- the writer of the column had a T
  return JSON.parse(text) as T
}
