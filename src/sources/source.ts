// Who publishes to us. No I/O.

import { urlNamespace, uuidV5 } from '../lib/uuid.ts'

/** What the operator says of a source. */
export type SourceProfile = {
  readonly title: string
  readonly homePageUrl: string
  readonly description: string | null
  readonly language: string | null
  readonly icon: string | null
  readonly rights: string | null
  readonly license: string | null
  /** Whether corrections stand as notes at the end of the bodies in feeds. */
  readonly appendCorrections: boolean
}

export type Source = SourceProfile & {
  readonly id: number
  readonly slug: string
  /** The namespace of its articles' UUIDs, and the id of its feed. */
  readonly uuid: string
  readonly secretGeneration: number
  readonly secretRotatedAt: number | null
  readonly createdAt: number
  readonly updatedAt: number
  readonly removedAt: number | null
}

/** What of a source its articles are shown with. */
export type Credit = Pick<
  Source,
  | 'id'
  | 'slug'
  | 'uuid'
  | 'title'
  | 'homePageUrl'
  | 'language'
  | 'rights'
  | 'license'
  | 'appendCorrections'
>

const sourceSlugLengthMax = 64

/** Lower-case ASCII letters, digits and single hyphens, at most 64 characters. */
export function isSourceSlug(text: string): boolean {
  return text.length <= sourceSlugLengthMax && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text)
}

/**
 * The UUID of a new source. It is made of the home page, which no other organisation has, and of the
 * slug, so that a database which is filled anew gives every article the guid it had.
 */
export function mintSourceUuid(homePageUrl: string, slug: string): Promise<string> {
  return uuidV5(urlNamespace, `${homePageUrl}#${slug}`)
}
