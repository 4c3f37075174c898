// What one deployment calls itself. No I/O.

export type Site = {
  /** Scheme, host and port of every link, without a slash at the end. */
  readonly origin: string
  readonly title: string
  readonly description: string
}

type SiteVariables = {
  readonly PUBLIC_ORIGIN: string
  readonly WIRE_TITLE: string
  readonly WIRE_DESCRIPTION: string
}

/** PUBLIC_ORIGIN, or where that is unset, as on a developer's machine, the origin of the request. */
export function siteOf(env: SiteVariables, requestUrl: string): Site {
  const configured = env.PUBLIC_ORIGIN ? URL.parse(env.PUBLIC_ORIGIN) : null
  if (env.PUBLIC_ORIGIN && !configured) {
    throw new Error(`PUBLIC_ORIGIN is not a URL: ${env.PUBLIC_ORIGIN}`)
  }
  return {
    origin: (configured ?? new URL(requestUrl)).origin,
    title: env.WIRE_TITLE,
    description: env.WIRE_DESCRIPTION,
  }
}
