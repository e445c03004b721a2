// What a poll knows of its profile, references resolved.
import type { DocumentForm } from '../../formats/format.ts'
import type { Channel } from '../transport.ts'
import type { Client } from './client.ts'
import type { PollOptions } from './options.ts'

export interface PollSettings {
  readonly client: Client
  readonly base: URL
  /** Where files may be fetched from. */
  readonly origins: ReadonlySet<string>
  readonly limit: number
  readonly attachmentLimit: number
  readonly channel: 'send' | 'sendNotices'
  readonly options: PollOptions
  readonly form: DocumentForm
  readonly forms: Readonly<Partial<Record<Channel, DocumentForm>>>
}
