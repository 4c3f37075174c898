/** One line of JSON; the event is a constant name, everything that varies is a field. */
export function log(event: string, fields: Record<string, unknown> = {}): void {
  const { error, ...rest } = fields
  const failure =
    error instanceof Error
      ? { error: error.message, stack: error.stack }
      : error === undefined
        ? {}
        : { error }
  console.log(JSON.stringify({ event, ...rest, ...failure }))
}
