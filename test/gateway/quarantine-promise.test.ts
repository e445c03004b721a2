// The promise of the quarantine, whichever write fails and wherever the process dies: nothing is lost, nothing doubled.
import iconv from 'iconv-lite'
import t from 'tap'
import { JournalUnavailable } from '../../src/gateway/journal/database.ts'
import { csv, row } from '../adapters/chiang-mai.ts'
import { adapterBy, inUtf8, mended, open, quarantined } from './quarantine-stage.ts'

t.setTimeout(600_000)

t.test('whichever write fails: nothing is lost, nothing doubled, and trying again ends it', async (t) => {
  for (let failing = 1; ; failing += 1) {
    const { desk, retry, waiting, sent, shared } = await quarantined(t)
    const [place] = await waiting()
    const write = desk.database.write.bind(desk.database)
    let calls = 0
    desk.database.write = (work) => {
      calls += 1
      return calls === failing ? Promise.reject(new JournalUnavailable('no')) : write(work)
    }
    const better = adapterBy(mended, shared)
    const failed = await retry([place!.id], better).then(
      () => false,
      () => true,
    )
    desk.database.write = write
    const letters = (await sent()).length
    const waits = (await waiting()).length === 1
    t.ok(waits !== (letters === 3), `write ${failing}: it waits, or it is taken, and never both`)
    await retry(
      (await waiting()).map(({ id }) => id),
      better,
    )
    t.equal((await sent()).length, 3, `write ${failing}: taken once`)
    t.same(await waiting(), [])
    if (!failed) return t.ok(failing > 1, `${failing - 1} writes were made to fail`)
  }
})

t.test('killed in the middle of a document that becomes its letters: trying again goes on', async (t) => {
  const utf8 = iconv.decode(csv(row('ชม 1/1'), row('ชม 1/2'), row('ชม 1/3')), 'windows-874')
  for (const dying of [1, 2, 3, 4, 5]) {
    const first = await open(t)
    first.drop('utf8.csv', utf8)
    await first.run()
    const [document] = await first.waiting()
    const write = first.desk.database.write.bind(first.desk.database)
    let calls = 0
    // From here on the process does nothing more.
    first.desk.database.write = (work) => {
      calls += 1
      return calls >= dying ? Promise.reject(new JournalUnavailable('dead')) : write(work)
    }
    await t.rejects(first.retry([document!.id], adapterBy(inUtf8, first.shared)))
    first.desk.database.write = write
    await first.close()
    const second = await open(t, inUtf8, first)
    await second.retry((await second.waiting()).map(({ id }) => id))
    t.same(
      (await second.sent()).map(({ number }) => number).sort(),
      ['ชม 1/1', 'ชม 1/2', 'ชม 1/3'],
      `killed before write ${dying}`,
    )
    t.same(await second.waiting(), [])
    await second.close()
  }
})
