// /v1/notices: what was said of letters.
import { fullId } from '../../journal/asked.ts'
import { envelopeById } from '../../journal/envelopes.ts'
import { type ListedNotice, listedNotice, noticesBefore } from '../../journal/lists.ts'
import { walk } from '../../journal/walk.ts'
import { seesAbout } from './deliveries.ts'
import { type Answered, type Call, json, notThere, type Operation, textAt } from './operation.ts'
import { isProblem, pagingOf } from './paging.ts'
import type { ApiParts } from './parts.ts'
import { readsText } from './roles.ts'
import { cursor, limit, messageId, pageOf, ref } from './schemas.ts'
import { noticeView } from './views.ts'

export function noticeOperations(parts: ApiParts): readonly Operation[] {
  const { committed } = parts.database
  return [
    {
      id: 'listNotices',
      method: 'GET',
      path: '/v1/notices',
      right: 'see states',
      summary: 'Notices, the newest first',
      query: { about: { ...messageId, description: 'About this letter.' }, limit, cursor },
      answer: pageOf(ref('Notice')),
      handle: (call) => list(parts, call),
    },
    {
      id: 'readNotice',
      method: 'GET',
      path: '/v1/notices/{messageId}',
      right: 'see states',
      summary: 'A notice',
      params: { messageId },
      answer: ref('Notice'),
      handle: async (call) => {
        const row = await seen(parts, call)
        if (row === undefined) return notThere('notice', call.params['messageId'] ?? '')
        return json(await noticeView(committed, call.grant, row))
      },
    },
    {
      id: 'readNoticeEnvelope',
      method: 'GET',
      path: '/v1/notices/{messageId}/envelope',
      right: 'read envelopes',
      summary: 'The signed bytes of a notice',
      params: { messageId },
      answer: 'application/xml',
      handle: async (call) => {
        const row = await seen(parts, call)
        // It names the subject of its letter.
        const readable = row !== undefined && readsText(call.grant, row.secrecy)
        const envelope = readable ? await envelopeById(committed, row.messageId) : undefined
        if (envelope === undefined) return notThere('notice', call.params['messageId'] ?? '')
        return { kind: 'bytes', type: 'application/xml', bytes: envelope.bytes }
      },
    },
  ]
}

async function seen({ database }: ApiParts, { grant, params }: Call): Promise<ListedNotice | undefined> {
  const row = await listedNotice(database.committed, fullId(params['messageId'] ?? ''))
  return row !== undefined && seesAbout(grant, row) ? row : undefined
}

async function list({ database, cursors }: ApiParts, call: Call): Promise<Answered> {
  const paging = pagingOf(cursors, 'notices', call)
  if (isProblem(paging)) return { kind: 'problems', problems: [paging] }
  const about = textAt(call.query, 'about')
  const page = await walk(
    (before) => noticesBefore(database.committed, about && fullId(about), before),
    ({ seq }) => seq,
    (row) => seesAbout(call.grant, row),
    paging.limit,
    Number(paging.from?.[0] ?? Number.MAX_SAFE_INTEGER),
  )
  return json({
    items: await Promise.all(page.items.map((row) => noticeView(database.committed, call.grant, row))),
    ...(page.next !== undefined && { next: paging.cursorAt([page.next]) }),
  })
}
