// What articles are about. No I/O.

import { slugOf } from '../lib/slug.ts'

export type Topic = {
  readonly id: number
  readonly slug: string
  readonly title: string
  readonly description: string | null
  readonly language: string | null
  /** Other names of this topic: tags of these names are filed here. */
  readonly aliases: readonly string[]
  readonly createdAt: number
  readonly updatedAt: number
}

/** A topic but for its other names. */
export type NamedTopic = Omit<Topic, 'aliases'>

/** What the operator says of a topic. */
export type TopicProfile = Pick<Topic, 'title' | 'description' | 'language' | 'aliases'>

export function isTopicSlug(text: string): boolean {
  return text !== '' && slugOf(text) === text
}
