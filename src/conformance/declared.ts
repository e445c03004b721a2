// What a profile's system cannot say, as its forms and its profile declare it: the suite does not call that a loss.
import type { DocumentForm } from '../adapters/formats/format.ts'
import type { Profile } from '../adapters/profile.ts'
import type { Channel } from '../adapters/transports/transport.ts'

/** What one form leaves out, and what it adds, whatever a letter says. Canonical fields. */
export interface Declared {
  readonly unsaid: readonly string[]
  readonly always: readonly string[]
}

/** Of the form of one channel. `main` among `unsaid`: which file is the letter itself. */
export function declaredBy(profile: Profile, channel: Channel, form: DocumentForm): Declared {
  const { unsaid = [], always = [] } = form
  const files = profile.documents[profile.channels[channel]?.document ?? '']?.fields['attachments']
  const as = files !== undefined && 'as' in files ? files.as : undefined
  const mainless = JSON.stringify(as)?.includes('"first":"enclosure"') === true
  return { unsaid: mainless ? [...unsaid, 'main'] : unsaid, always }
}
