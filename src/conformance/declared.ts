// What a profile's system cannot say, as its forms and its profile declare it: the suite does not call that a loss.
import { formsOf } from '../adapters/adapter.ts'
import type { Profile } from '../adapters/profile.ts'
import type { Clock } from '../letter/time.ts'

/** The canonical fields that the forms of a profile leave out by themselves; `main`: which file is the letter itself. */
export function unsaidBy(profile: Profile, clock: Clock): readonly string[] {
  const forms = Object.values(formsOf(profile, clock)).flatMap(({ unsaid = [] }) => unsaid)
  const mainless = Object.values(profile.documents).some(({ fields }) => {
    const files = fields['attachments']
    const as = files !== undefined && 'as' in files ? files.as : undefined
    return JSON.stringify(as)?.includes('"first":"enclosure"') === true
  })
  return mainless ? [...forms, 'main'] : forms
}
