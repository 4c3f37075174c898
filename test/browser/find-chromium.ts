// Where Chromium is; it says so before the first test where there is none.

import { existsSync } from 'node:fs'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

export function findChromium(): string {
  const { CHROMIUM } = process.env
  const found = (CHROMIUM ? [CHROMIUM] : places).find((place) => existsSync(place))
  if (found) return found
  throw new Error(
    `Chromium is missing: there is none at ${CHROMIUM || places.join(', ')}. Install it (Debian: apt-get install chromium), or say where it is: CHROMIUM=/path/to/chromium npm run test:browser`
  )
}

export default function setup(): void {
  findChromium()
}
