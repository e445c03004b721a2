// Sends the real letters: each through every system to the ministry, and from the ministry to every system.
import { createHash } from 'node:crypto'
import { request } from 'undici'
import { urgencyOfName } from '../../letter/codes.ts'
import { readLetterDate } from '../../letter/dates.ts'
import { moi } from '../../letter/offices.ts'
import type { OfficeSystem, Scan } from '../../sandbox/systems/system.ts'
import type { Installation } from './installation.ts'
import type { Journey, Journeys } from './journeys.ts'
import { clerkLetter, type PrintedLetter, scansOf } from './letters.ts'

const digest = ({ bytes }: Scan): string => createHash('sha256').update(bytes).digest('hex')

/** Every letter from one province, one after the other, as its clerk would. */
export async function sendFromProvince(
  system: OfficeSystem,
  letters: readonly PrintedLetter[],
  journeys: Journeys,
): Promise<void> {
  for (const letter of letters) {
    const sent = clerkLetter(letter, system.office, moi)
    journeys.begin({
      item: letter.item,
      number: letter.number,
      system: system.name,
      office: system.office,
      direction: 'to the ministry',
      scans: sent.scans.map(digest),
    })
    await system.send(sent)
  }
}

/** Every letter from the ministry: circulars in one envelope to all three provinces, the others to each. */
export async function sendFromMinistry(
  installation: Installation,
  letters: readonly PrintedLetter[],
  journeys: Journeys,
): Promise<void> {
  const { systems } = installation
  for (const letter of letters) {
    const circular = /\/ ?ว/.test(letter.number)
    for (const group of circular ? [systems] : systems.map((system) => [system])) {
      const to = circular ? 'all provinces' : (group[0]?.name ?? '')
      const scans = scansOf(letter, moi, to)
      const begun = group.map(
        (system): Journey => ({
          item: letter.item,
          number: letter.number,
          system: system.name,
          office: system.office,
          direction: 'from the ministry',
          scans: scans.map(digest),
        }),
      )
      for (const journey of begun) journeys.begin(journey)
      const posted = await postLetter(installation.control, letter, group, scans)
      if ('refused' in posted) for (const journey of begun) journeys.refuse(journey, posted.refused)
    }
  }
}

/** Hands a letter to the ministry's clerk: the id of its envelope, or why it was refused. */
export async function postLetter(
  control: string,
  letter: PrintedLetter,
  to: readonly OfficeSystem[],
  scans: readonly Scan[],
): Promise<{ readonly messageId: string } | { readonly refused: string }> {
  const date = readLetterDate(letter.date)
  const answer = await request(`${control}/letters`, {
    method: 'POST',
    // A connection of its own: one that the inbox closes at this moment because nothing came by it would take the letter with it.
    reset: true,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      number: letter.number,
      ...(date.ok && { date: date.value }),
      subject: letter.subject,
      urgency: urgencyOfName(letter.urgency === '' ? 'ปกติ' : letter.urgency) ?? 'ordinary',
      to: to.map((system) => system.office),
      attachments: scans.map(({ name, mediaType, bytes }) => ({
        name,
        mediaType,
        content: bytes.toString('base64'),
      })),
    }),
  })
  const body = (await answer.body.json()) as {
    messageId?: string
    problems?: readonly { path: string; detail: string }[]
  }
  if (answer.statusCode === 202 && body.messageId !== undefined) return { messageId: body.messageId }
  return { refused: (body.problems ?? []).map((one) => `${one.path}: ${one.detail}`).join('; ') }
}
