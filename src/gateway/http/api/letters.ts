// /v1/letters: found, and one whole with what became of it.

import { printInstant } from '../../../letter/time.ts'
import { type Asked, fullId, readSearch } from '../../journal/asked.ts'
import { contentOf } from '../../journal/content.ts'
import { envelopeById } from '../../journal/envelopes.ts'
import type { LetterRow } from '../../journal/letters.ts'
import { deliveriesBefore, noticesBefore } from '../../journal/lists.ts'
import { type Scope, searchLetters } from '../../journal/search.ts'
import type { Key } from '../../journal/search-sql.ts'
import { areWordsFilled } from '../../journal/words.ts'
import {
  type Answered,
  type Call,
  contentDigest,
  json,
  notThere,
  type Operation,
  textAt,
} from './operation.ts'
import { isProblem, pagingOf } from './paging.ts'
import type { ApiParts } from './parts.ts'
import { concerns, definitionOfRole, type Grant, readsText, seesLetter } from './roles.ts'
import { cursor, letterStates, limit, messageId, officeId, pageOf, ref, text } from './schemas.ts'
import { contentView, deliveryView, letterViews, noticeView } from './views.ts'

/** Recipients, deliveries and notices that one letter is shown with. */
const mostShown = 100

const query = {
  message: { ...messageId, description: 'Of this message: a circular has a letter for each recipient.' },
  number: text('The number in any written form: Thai digits, spaces, without its letters.', 100),
  sender: officeId,
  recipient: officeId,
  office: { ...officeId, description: 'Sender or recipient.' },
  dateFrom: text(
    'Dated on this day or later: 2026-11-20, 20/11/2569, 20 พ.ย. 2569. The newest date comes first.',
    64,
  ),
  dateTo: text('Dated on this day or earlier.', 64),
  takenFrom: text('Taken at this time or later: 2026-11-20, 2026-11-20T09:00 (Thai time), …Z.', 64),
  takenTo: text('Taken before this time.', 64),
  state: letterStates,
  subject: text('Words of the subject, in any order. Finds no secret letter.', 200),
  limit,
  cursor,
}

export function letterOperations(parts: ApiParts): readonly Operation[] {
  return [
    {
      id: 'listLetters',
      method: 'GET',
      path: '/v1/letters',
      right: 'see states',
      summary: 'Find letters',
      description:
        'The newest first. Letters of other offices, and secret letters that you may not see, are not there, whatever is asked.',
      query,
      answer: pageOf(ref('Letter'), {
        'incomplete?': {
          type: 'boolean',
          description:
            'Words of letters from before an update are still being collected: some may be missing.',
        },
      }),
      handle: (call) => list(parts, call),
    },
    {
      id: 'readLetter',
      method: 'GET',
      path: '/v1/letters/{messageId}',
      right: 'see states',
      summary: 'A letter, and what became of it',
      params: { messageId },
      answer: ref('LetterWhole'),
      handle: (call) => whole(parts, call),
    },
    {
      id: 'readLetterEnvelope',
      method: 'GET',
      path: '/v1/letters/{messageId}/envelope',
      right: 'read envelopes',
      summary: 'The signed bytes of a letter',
      description: 'Exactly as they were sealed: saraban verify judges them.',
      params: { messageId },
      answer: 'application/xml',
      handle: async ({ grant, params }) => {
        const id = fullId(params['messageId'] ?? '')
        const [row] = await visible(parts, grant, id, 1)
        const envelope =
          row && readsText(grant, row.secrecy) && (await envelopeById(parts.database.committed, id))
        if (!envelope) return notThere('letter', id)
        return { kind: 'bytes', type: 'application/xml', bytes: envelope.bytes }
      },
    },
    {
      id: 'readLetterAttachment',
      method: 'GET',
      path: '/v1/letters/{messageId}/attachments/{sha256}',
      right: 'read text',
      summary: 'An attachment of a letter',
      description:
        'Exactly as it came; its Content-Digest (RFC 9530) is what the letter names, and is checked while it is read: when the bytes are others the answer ends before its length.',
      params: { messageId, sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' } },
      answer: 'application/octet-stream',
      handle: (call) => attachment(parts, call),
    },
  ]
}

/** Whose letters a grant reaches in a search. */
export const scopeOf = (grant: Grant): Scope => ({
  offices: grant.offices,
  secret: grant.secret || definitionOfRole(grant.role).secret === 'states',
})

/** The letters of a message that the grant may see, `most` at most; none: for it there is no such letter. */
export async function visible(
  { database }: ApiParts,
  grant: Grant,
  message: string,
  most: number,
): Promise<readonly LetterRow[]> {
  const { letters } = await searchLetters(database.committed, { message }, scopeOf(grant), most)
  return letters
}

/** Only what the letter itself names: to know a digest is not to have a scan (attacks T9). */
async function attachment(parts: ApiParts, { grant, params }: Call): Promise<Answered> {
  const id = fullId(params['messageId'] ?? '')
  const sha256 = params['sha256'] ?? ''
  const [row] = await visible(parts, grant, id, 1)
  const readable = row !== undefined && readsText(grant, row.secrecy)
  const content = readable ? await contentOf(parts.database.committed, id) : undefined
  const named =
    content !== undefined && 'attachments' in content
      ? content.attachments.find((each) => each.sha256 === sha256)
      : undefined
  // What was purged is there no more.
  if (named === undefined || (await parts.attachments.sizeOf(sha256)) !== named.size)
    return notThere('attachment', sha256)
  return {
    kind: 'stream',
    type: named.mediaType,
    headers: {
      'content-length': String(named.size),
      'content-digest': contentDigest(Buffer.from(sha256, 'hex')),
      // A name of a letter never ends a header, and no browser shows what came from outside as a page.
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(named.name).replace(/['()*]/g, hexOf)}`,
    },
    stream: parts.attachments.open(sha256),
  }
}

const hexOf = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`

async function list({ database, cursors, clock }: ApiParts, call: Call): Promise<Answered> {
  const paging = pagingOf(cursors, 'letters', call)
  const search = readSearch(askedOf(call), clock.now())
  if (isProblem(paging) || !search.ok) {
    const problems = [...(isProblem(paging) ? [paging] : []), ...(search.ok ? [] : search.problems)]
    const [first, ...rest] = problems.map((found) => ({
      ...found,
      path: found.path.startsWith('query') ? found.path : `query.${found.path}`,
    }))
    if (first === undefined) throw new Error('a search failed without a reason')
    return { kind: 'problems', problems: [first, ...rest] }
  }
  const { committed } = database
  const from = paging.from && keyOfCursor(paging.from)
  const page = await searchLetters(committed, search.value, scopeOf(call.grant), paging.limit, from)
  const incomplete = search.value.words !== undefined && !(await areWordsFilled(committed))
  return json({
    items: await letterViews(committed, call.grant, page.letters),
    ...(incomplete && { incomplete }),
    ...(page.next && { next: paging.cursorAt(page.next) }),
  })
}

const askedOf = ({ query }: Call): Asked => ({
  message: textAt(query, 'message'),
  number: textAt(query, 'number'),
  sender: textAt(query, 'sender'),
  recipient: textAt(query, 'recipient'),
  office: textAt(query, 'office'),
  dateFrom: textAt(query, 'dateFrom'),
  dateTo: textAt(query, 'dateTo'),
  takenFrom: textAt(query, 'takenFrom'),
  takenTo: textAt(query, 'takenTo'),
  state: textAt(query, 'state'),
  subject: textAt(query, 'subject'),
})

const keyOfCursor = ([at = 0, message = '', recipient = '']: readonly (string | number)[]): Key => [
  at,
  String(message),
  String(recipient),
]

async function whole(parts: ApiParts, { grant, params }: Call): Promise<Answered> {
  const id = fullId(params['messageId'] ?? '')
  const rows = await visible(parts, grant, id, mostShown + 1)
  const [first] = rows
  const { committed } = parts.database
  const envelope = first && (await envelopeById(committed, id))
  if (first === undefined || envelope === undefined) return notThere('letter', id)
  const content = readsText(grant, first.secrecy) ? await contentOf(committed, id) : undefined
  const end = Number.MAX_SAFE_INTEGER
  const mine = (row: { letterSender: string | null; letterRecipient: string | null }): boolean =>
    concerns(grant, row.letterSender, row.letterRecipient) && seesLetter(grant, first.secrecy)
  const deliveries = (await deliveriesBefore(committed, { letter: id }, end)).filter(mine)
  const notices = (await noticesBefore(committed, id, end)).filter(mine)
  const { sender, number, date, urgency, secrecy, committedAt } = first
  return json({
    ...{ messageId: id, sender, number, date, urgency, secrecy, takenAt: printInstant(committedAt) },
    digest: envelope.digest,
    ...(content !== undefined && 'subject' in content && { content: contentView(content) }),
    recipients: rows.slice(0, mostShown).map(({ recipient, state, receiveNumber, changedAt }) => ({
      ...{ recipient, state, receiveNumber, changedAt: printInstant(changedAt) },
    })),
    deliveries: deliveries.slice(0, mostShown).map(deliveryView),
    notices: await Promise.all(
      notices.slice(0, mostShown).map((notice) => noticeView(committed, grant, notice)),
    ),
    more: [rows, deliveries, notices].some(({ length }) => length > mostShown),
  })
}
