// Which addresses of strangers we call of our own accord. No I/O.
//
// A Worker sees no DNS answer before it connects, so this judges the address alone; what a public name
// resolves to is judged by Cloudflare, whose Workers reach no private network.

export type CallbackPolicy = {
  /** Hosts, with their ports, that are ourselves: calling them would be a loop. */
  readonly ownHosts: readonly string[]
  readonly allowHttp: boolean
  /** For a developer's machine: any host, any port, http as well. */
  readonly allowPrivate: boolean
}

const lengthMax = 2048

// Names that never belong to a host on the public Internet (RFC 6761, 6762, 7686, 8375 and habit).
const privateName =
  /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|private|corp|home|lan|arpa|onion|invalid|test)$/

/** Why an address may not be called, as the end of a sentence; null when it may. */
export function callbackRefusal(address: string, policy: CallbackPolicy): string | null {
  if (address.length > lengthMax) return `is longer than ${lengthMax} characters`
  // What the parser would drop or turn silently is not what the subscriber meant. U+FFFD: was no UTF-8.
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  if (/[\u0000-\u0020\u007F-\u00A0\uFFFD\\]/.test(address)) return 'has characters no URL has'
  const url = URL.parse(address)
  if (!url || !/^https?:\/\/[^/]/i.test(address)) return 'is not an absolute https URL'
  if (address.includes('#')) return 'has a fragment'
  if (url.username !== '' || url.password !== '') return 'has credentials in it'
  const host = withoutDot(url.host)
  if (policy.ownHosts.includes(host)) return 'is on this server itself'
  if (policy.allowPrivate) return null
  if (url.protocol !== 'https:' && !policy.allowHttp) return 'must be https'
  if (url.port !== '') return 'must use the standard port'
  // The parser has written every disguise of an IPv4 address as four decimal numbers.
  if (host.startsWith('[') || /^[\d.]+$/.test(host)) return 'must name a host, not an IP address'
  if (!host.includes('.') || privateName.test(host)) return 'is not on the public Internet'
  return null
}

/** A URL's host with its port, as we compare hosts: the dot of the DNS root says nothing. */
export function hostOf(address: string): string {
  return withoutDot(URL.parse(address)?.host ?? '')
}

function withoutDot(host: string): string {
  return host.replace(/\.+(?=:|$)/, '')
}
