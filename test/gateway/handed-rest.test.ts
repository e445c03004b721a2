// The exact bytes that came and went by `rest`: a document of a list, and what was brought to the system.
import t from 'tap'
import { peer, profileOf } from '../adapters/rest/peer.ts'
import { exchange } from './handed-stage.ts'
import { chiangMai } from './harness.ts'

t.setTimeout(600_000)

t.test('rest: the document as it stood in the list, and the bodies that the system got', async (t) => {
  const server = await peer(t)
  // Blanks, an order, an escape: none of them is ours.
  const document =
    '{ "subject" : "ขอเชิญ\\u0e01", "to":"57",\n "date":"2026-11-20", "number" : "ชม 0017.1/8" }'
  let waiting = false
  const got: Partial<Record<'letter' | 'notice', Buffer>> = {}
  server.answering = ({ method, url, body }) => {
    if (method === 'DELETE') waiting = false
    if (method === 'POST') got[url === '/in' ? 'letter' : 'notice'] = Buffer.from(body)
    return method === 'GET' ? { body: `{"items":[${waiting ? `{"id":1,"body":${document}}` : ''}]}` } : {}
  }
  const send = `send: { list: { path: /letters, items: items, key: id }, at: body, done: { method: DELETE, path: "/letters/{key}" }, every: 1s }`
  await exchange(t, {
    office: chiangMai,
    profile: profileOf(`${send}, receive: { path: /in }, notices: { path: /told }`).replace('"57"', '"50"'),
    environment: { URL: server.url },
    letter: {
      ...{ number: 'ชม 0017.1/8', date: '2026-11-20' },
      hand: () => {
        waiting = true
      },
    },
    came: (t, came) => t.same(came.toString(), document),
    went: (content, went) => {
      const body = got[content]
      return body !== undefined && (went === undefined || body.equals(went))
    },
  })
})
