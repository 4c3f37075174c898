// Which texts are nearly the same: Charikar's simhash of 64 bits over runs of three words. Two texts
// that differ in a few words have hashes that differ in a few bits. No I/O.

import { wordsOf } from './text.ts'

const wordsMin = 50
const shingleWords = 3

/** How many bits the hashes of two texts may differ in for the texts to count as nearly the same. */
export const similarBitsMax = 3

/** 16 hexadecimal digits, or null for a text of under 50 words, about which it would say nothing. */
export function simhash(text: string): string | null {
  const words = wordsOf(text.toLowerCase()).map(fnv1a)
  if (words.length < wordsMin) return null
  const ones = new Int32Array(64)
  // Four counters of eight bits in each number: they are emptied before one can overflow.
  const lanes = new Int32Array(16)
  const shingles = words.length - shingleWords + 1
  for (let index = 0; index < shingles; index++) {
    // Each word counts by its place, or a run would hash like its reverse.
    const [a = 0, b = 0, c = 0] = [words[index], words[index + 1], words[index + 2]]
    const shingle = Math.imul(a, 31) ^ Math.imul(b, 0x2f0b4c47) ^ c
    addBits(lanes, 0, mix(shingle))
    addBits(lanes, 8, mix(shingle ^ 0x9747b28c))
    if (index % 255 === 254) emptyLanes(lanes, ones)
  }
  emptyLanes(lanes, ones)
  let digits = ''
  for (let digit = 0; digit < 16; digit++) {
    let value = 0
    for (let bit = 0; bit < 4; bit++) {
      if ((ones[digit * 4 + bit] ?? 0) * 2 > shingles) value |= 1 << bit
    }
    digits += value.toString(16)
  }
  return digits
}

// The bits of a number from 0 to 15, each at the bottom of a byte of its own.
const spread = Int32Array.from(
  { length: 16 },
  (_, bits) => (bits & 1) | ((bits & 2) << 7) | ((bits & 4) << 14) | ((bits & 8) << 21)
)

function addBits(lanes: Int32Array, from: number, bits: number): void {
  for (let lane = 0; lane < 8; lane++) {
    lanes[from + lane] = (lanes[from + lane] ?? 0) + (spread[(bits >>> (lane * 4)) & 15] ?? 0)
  }
}

function emptyLanes(lanes: Int32Array, ones: Int32Array): void {
  for (const [lane, counts] of lanes.entries()) {
    for (let bit = 0; bit < 4; bit++) {
      const at = lane * 4 + bit
      ones[at] = (ones[at] ?? 0) + ((counts >>> (bit * 8)) & 255)
    }
  }
  lanes.fill(0)
}

/** In how many bits two hashes differ. */
export function differingBits(a: string, b: string): number {
  let bits = 0
  for (let digit = 0; digit < 16; digit++) {
    let difference = parseInt(a.charAt(digit), 16) ^ parseInt(b.charAt(digit), 16)
    for (; difference > 0; difference >>= 1) bits += difference & 1
  }
  return bits
}

/** The four quarters of a hash: two hashes that differ in at most 3 bits have one of them in common. */
export function quartersOf(hash: string): string[] {
  return quarterStarts.map((start) => hash.slice(start, start + 4))
}

/** What a hash is without each of its quarters: 48 bits, as a number. */
export function othersOf(hash: string): number[] {
  return quarterStarts.map((start) => parseInt(hash.slice(0, start) + hash.slice(start + 4), 16))
}

const quarterStarts = [0, 4, 8, 12]

function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash
}

/** MurmurHash3's finaliser: every bit of the input sways every bit of the output. */
function mix(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
