// Cloudflare's price list and limits, as docs/scale.md names their sources. No I/O.

/** Workers Paid, US dollars; what is included each month comes off before the price applies. */
export const prices = {
  requests: { name: 'requests', included: 10e6, perMillion: 0.3 },
  cpuMs: { name: 'CPU, ms', included: 30e6, perMillion: 0.02 },
  rowsRead: { name: 'rows read', included: 25e9, perMillion: 0.001 },
  rowsWritten: { name: 'rows written', included: 50e6, perMillion: 1 },
  queueOperations: { name: 'queue operations', included: 1e6, perMillion: 0.4 },
  storageGb: { name: 'storage, GB', included: 5, perMillion: 0.75e6 },
} as const

export const basePrice = 5

export type Metered = keyof typeof prices
export type Usage = Record<Metered, number>

export const metered: readonly Metered[] = [
  'requests',
  'cpuMs',
  'rowsRead',
  'rowsWritten',
  'queueOperations',
  'storageGb',
]

/** The price of an amount, were nothing included. */
export function priceOf(name: Metered, amount: number): number {
  return (amount / 1e6) * prices[name].perMillion
}

/** What a month's amount adds to the bill. */
export function billed(name: Metered, amount: number): number {
  return priceOf(name, Math.max(0, amount - prices[name].included))
}

export function billOf(usage: Usage): number {
  return metered.reduce((sum, name) => sum + billed(name, usage[name]), basePrice)
}

export const limits = {
  databaseGb: 10,
  /** A database does one statement after the other: a thousand a second, at a millisecond each. */
  statementsPerSecond: 1000,
  tagsPerCall: 100,
  /** The queue hands over what it gathered every 15 s; five calls a minute are allowed, with 25 in a burst. */
  callsPerMinute: 4,
}
