// Chance, the same in every run. No I/O.

/** Numbers from 0 to 1 that look random (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Shares of a whole that fall as 1/rank^skew does (Zipf): few have much, and many little. */
export function zipf(count: number, skew: number): number[] {
  const weights = Array.from({ length: count }, (_, index) => (index + 1) ** -skew)
  return normalized(weights)
}

export function normalized(weights: readonly number[]): number[] {
  const total = sumOf(weights)
  return weights.map((weight) => weight / total)
}

export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

/** Draws an index as often as its share says. */
export function drawFrom(shares: readonly number[], random: () => number): () => number {
  let sum = 0
  const ends = shares.map((share) => (sum += share))
  return () => {
    const at = random() * sum
    let [low, high] = [0, ends.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((ends[middle] ?? sum) > at) high = middle
      else low = middle + 1
    }
    return low
  }
}

/** How many of so many keys are met by events that fall on them evenly. */
export function distinct(events: number, keys: number): number {
  return keys * -Math.expm1(-events / keys)
}
