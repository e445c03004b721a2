// What one document says of a letter is said in its order, however long any of it takes to be sealed and written.
import t from 'tap'
import type { Item } from '../../src/adapters/contract.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import type { Database } from '../../src/gateway/journal/database.ts'
import { lettersOfMessage } from '../../src/gateway/journal/letters.ts'
import { noticesAbout } from '../../src/gateway/journal/notices.ts'
import { openWorld } from './correspondents.ts'
import { chiangMai, chiangRai, makeTrust, moi, plainLetter, rest, source, systemOf } from './harness.ts'

const trust = await makeTrust([chiangMai, chiangRai, moi])

/** A journal whose first statement comes last. */
function slowAtFirst(database: Database): Database {
  let calls = 0
  const write: Database['write'] = async (act, kind) => {
    calls += 1
    if (kind === 'rows' && calls === 1) await rest()
    return database.write(act, kind)
  }
  return new Proxy(database, {
    get: (of, name) => {
      const value: unknown = name === 'write' ? write : Reflect.get(of, name, of)
      return typeof value === 'function' ? value.bind(of) : value
    },
  })
}

t.test('of two receive numbers in one document the last row wins', async (t) => {
  const { desk, neighbour, committed, send } = await openWorld(t, trust)
  const id = await send(plainLetter({ to: { offices: [chiangRai] } }))
  const row = (receiveNumber: string, position: string): Item => ({
    kind: 'notice',
    position,
    draft: { kind: 'accept', about: { messageId: id }, receiveNumber, reason: '' },
  })
  const rows = [row('1/2569', 'row 1'), row('2/2569', 'row 2')]
  const document = { ...source('rows', 'waits'), document: 'notice' } as const
  const slow = { ...desk, database: slowAtFirst(desk.database) }
  const taken = await take(slow, systemOf(neighbour), document, async () => rows)
  t.match(taken, [
    { kind: 'taken', position: 'row 1' },
    { kind: 'taken', position: 'row 2' },
  ])
  const [letter] = await lettersOfMessage(committed, id)
  t.equal(letter?.receiveNumber, '2/2569')
  t.same(
    (await noticesAbout(committed, id)).flatMap(({ receiveNumber }) => receiveNumber ?? []),
    ['1/2569', '2/2569'],
  )
})
