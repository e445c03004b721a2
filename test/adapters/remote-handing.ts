import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { Readable } from 'node:stream'
import type { Parcel } from '../../src/adapters/contract.ts'
import { fixedLetter } from '../letter/arbitrary.ts'
import { letterParcel, noticeParcel, type Served, scan, scanOf, suiteOf } from './remote-stage.ts'

export function remoteHanding(served: Served): void {
  const { test, stage } = suiteOf(served)
  const { kind, step = 1 } = served

  test('handing over: the document and its files stand in the folder, whole, once', async (t) => {
    const { deliver, on, visible, names } = await stage(t)
    t.match(await deliver(letterParcel()), { kind: 'taken', said: 'p-77.csv' })
    t.same(visible('in'), ['p-77-1-หนังสือ.pdf', 'p-77.csv'])
    t.equal(readFileSync(on('in', 'p-77-1-หนังสือ.pdf'), 'utf8'), 'abc')
    t.match(readFileSync(on('in', 'p-77.csv'), 'utf8'), /ชม 0017\.1\/492,13 ก\.พ\. 2551/)
    // The system takes it away; a retry of the same parcel must not bring it a second time.
    for (const name of visible('in')) unlinkSync(on('in', name))
    t.match(await deliver(letterParcel()), { kind: 'taken' })
    t.same(visible('in'), [])
    t.same(names('in', '.saraban'), ['folder', 'p-77.done'])
    t.match(await deliver(noticeParcel('p-78')), { kind: 'taken' })
    t.match(readFileSync(on('status', 'p-78.csv'), 'utf8'), /A,ชม 0017\.1\/492,13 ก\.พ\. 2551,1234\/2569/)
  })

  test('handing over: whichever verb the connection breaks at, before it is done or after: it stands there once, whole', async (t) => {
    const { deliver, on, visible, gateway, day, names } = await stage(t)
    t.match(await deliver(letterParcel('p-0')), { kind: 'taken' })
    let count = 0
    day.fault = () => {
      count += 1
      return undefined
    }
    t.match(await deliver(letterParcel('p-1')), { kind: 'taken' })
    const verbs = count
    t.ok(verbs > 10)
    for (let breaking = 1; breaking <= verbs; breaking += step)
      for (const fault of ['drop-before', 'drop-after'] as const) {
        const id = `p-${breaking}-${fault}`
        const what = `${fault} at verb ${breaking}`
        count = 0
        day.fault = () => {
          count += 1
          return count === breaking ? fault : undefined
        }
        const first = await deliver(letterParcel(id))
        const document = `${id}.csv`
        if (first.kind === 'unavailable')
          t.notOk(existsSync(on('in', document)), `${what}: nothing was taken`)
        // Verbs after the last that matters may break without harm.
        if (first.kind !== 'taken') t.match(first.kind, /^un(available|known)$/, what)
        if (served.kind === 'sftp' && 'said' in first)
          t.notMatch(first.said, /no answer in time/, `${what}: it is noticed at once`)
        gateway.clock.skip(5000)
        t.match(await deliver(letterParcel(id)), { kind: 'taken' }, what)
        t.same(
          visible('in').filter((name) => name.startsWith(`${id}.`) || name.startsWith(`${id}-`)),
          [`${id}-1-หนังสือ.pdf`, document],
          what,
        )
        t.equal(readFileSync(on('in', `${id}-1-หนังสือ.pdf`), 'utf8'), 'abc', what)
      }
    t.notOk(names('in', '.saraban').some((name) => name.endsWith('.moving') || name.endsWith('.staged')))
  })

  const big = (id: string): Parcel => ({
    ...letterParcel(id),
    open: () => Readable.from([scan.subarray(0, 3)]),
  })

  test('handing over: whichever verb the server says no to though it did it: it stands there once, whole', async (t) => {
    const { deliver, visible, day, on } = await stage(t)
    t.match(await deliver(letterParcel('p-0')), { kind: 'taken' })
    let count = 0
    day.fault = () => {
      count += 1
      return undefined
    }
    t.match(await deliver(letterParcel('p-1')), { kind: 'taken' })
    const verbs = count
    for (let refused = 1; refused <= verbs; refused += 1) {
      const id = `p-${refused}-no`
      count = 0
      day.fault = (verb) => {
        count += 1
        return count === refused && ['rename', 'mkdir', 'remove', 'rmdir'].includes(verb)
          ? 'refuse-after'
          : undefined
      }
      const before = visible('in').length
      const first = await deliver(letterParcel(id))
      if (first.kind === 'unavailable') t.notOk(existsSync(on('in', `${id}.csv`)), `verb ${refused}`)
      day.fault = undefined
      t.match(await deliver({ ...letterParcel(id), attempt: 2 }), { kind: 'taken' }, `verb ${refused}`)
      t.equal(visible('in').length, before + 2, `verb ${refused}`)
      t.equal(readFileSync(on('in', `${id}-1-หนังสือ.pdf`), 'utf8'), 'abc', `verb ${refused}`)
    }
  })

  test('handing over: the connection breaks in the middle of an upload: nothing stands in the folder, then the whole', async (t) => {
    const { deliver, visible, gateway, day, on } = await stage(t)
    day.dropAfterBytes = 40
    const broken = await deliver(big('p-1'))
    t.match(broken, { kind: 'unavailable', said: /adapter\.remote\.lost/ })
    t.same(visible('in'), [])
    gateway.clock.skip(5000)
    t.match(await deliver(letterParcel('p-1')), { kind: 'taken' })
    t.same(visible('in'), ['p-1-1-หนังสือ.pdf', 'p-1.csv'])
    t.equal(readFileSync(on('in', 'p-1-1-หนังสือ.pdf'), 'utf8'), 'abc')
  })

  test('handing over: a full disk: unavailable, no half file anywhere, and later it goes', async (t) => {
    const { deliver, visible, names, day } = await stage(t)
    t.match(await deliver(letterParcel('p-0')), { kind: 'taken' })
    day.quota = 10
    t.match(await deliver(letterParcel('p-1')), { kind: 'unavailable', said: /adapter\.folder\.failed/ })
    t.same(visible('in'), ['p-0-1-หนังสือ.pdf', 'p-0.csv'])
    t.same(names('in', '.saraban'), ['folder', 'p-0.done'], 'what was staged gave its room back')
    day.quota = undefined
    t.match(await deliver(letterParcel('p-1')), { kind: 'taken' })
  })

  test('handing over: a server that says yes to half a file is not believed', async (t) => {
    const { deliver, visible, day, on } = await stage(t)
    t.match(await deliver(letterParcel('p-0')), { kind: 'taken' })
    day.meanwhile = (verb, path) => {
      // The size is asked for after the upload: somebody has cut the file by then.
      if (verb === 'stat' && path.endsWith('.saraban/p-1.try1/p-1.csv')) writeFileSync(on(path), 'half')
    }
    t.match(await deliver(letterParcel('p-1')), { kind: 'unavailable', said: /EIO/ })
    t.same(visible('in'), ['p-0-1-หนังสือ.pdf', 'p-0.csv'])
    day.meanwhile = undefined
    t.match(await deliver(letterParcel('p-1')), { kind: 'taken' })
  })

  test('handing over: our own disk fails while the bytes are read: unavailable, and the server is not blamed', async (t) => {
    const { deliver, visible } = await stage(t)
    const failing: Parcel = {
      ...letterParcel('p-1'),
      open: () =>
        Readable.from(
          (async function* () {
            yield Buffer.from('a')
            throw Object.assign(new Error('input/output'), { code: 'EIO' })
          })(),
        ),
    }
    const failed = await deliver(failing)
    t.match(failed, { kind: 'unavailable', said: /EIO/ })
    t.notOk('retryAfter' in failed)
    t.same(visible('in'), [])
    t.match(await deliver(letterParcel('p-1')), { kind: 'taken' }, 'at once: nothing waits for the server')
  })

  test('handing over: a name that is taken is not overwritten; another folder and a missing one get nothing', async (t) => {
    const { deliver, on, visible } = await stage(t)
    writeFileSync(on('in', 'p-77.csv'), 'somebody else’s')
    t.match(await deliver(letterParcel()), { kind: 'unavailable', said: /stands in the folder already/ })
    t.equal(readFileSync(on('in', 'p-77.csv'), 'utf8'), 'somebody else’s')
    unlinkSync(on('in', 'p-77.csv'))
    t.match(await deliver(letterParcel()), { kind: 'taken' })
    renameSync(on('in'), on('share'))
    t.match(await deliver(letterParcel('p-78')), { kind: 'unavailable', said: /adapter\.folder\.absent/ })
    mkdirSync(on('in'))
    t.match(await deliver(letterParcel('p-78')), { kind: 'unavailable', said: /adapter\.folder\.other/ })
    t.same(visible('in'), [])
    mkdirSync(on('in', '.saraban'))
    writeFileSync(on('in', '.saraban', 'accept'), '')
    t.match(await deliver(letterParcel('p-78')), { kind: 'taken' }, 'a person accepts the folder')
  })

  test('handing over: the answer to the move is lost, and its system was quick: it was handed over, once', async (t) => {
    const { deliver, on, visible, names } = await stage(t)
    t.match(await deliver(letterParcel()), { kind: 'taken' })
    // What the lost answer leaves behind: the marker, and the staging without what was moved.
    renameSync(on('in', '.saraban', 'p-77.done'), on('in', '.saraban', 'p-77.moving'))
    mkdirSync(on('in', '.saraban', 'p-77.try1'))
    for (const name of visible('in')) unlinkSync(on('in', name))
    t.match(await deliver({ ...letterParcel(), attempt: 2 }), { kind: 'taken', said: 'p-77.csv' })
    t.same(visible('in'), [])
    t.same(names('in', '.saraban'), ['folder', 'p-77.done'])
  })

  test('handing over: what was moved and is not there any more, nor its staging, is unknown, never taken, until a person says', async (t) => {
    const { deliver, on } = await stage(t)
    t.match(await deliver(letterParcel()), { kind: 'taken' })
    renameSync(on('in', '.saraban', 'p-77.done'), on('in', '.saraban', 'p-77.moving'))
    unlinkSync(on('in', 'p-77.csv'))
    t.match(await deliver(letterParcel()), { kind: 'unknown', said: /adapter\.folder\.lost/ })
    renameSync(on('in', '.saraban', 'p-77.moving'), on('in', '.saraban', 'p-77.done'))
    t.match(await deliver(letterParcel()), { kind: 'taken' })
  })

  test('handing over: what another profile staged is staged anew, wherever the connection breaks at it; what was moved stays', async (t) => {
    const { deliver, on, visible, names, day, gateway } = await stage(t)
    t.match(await deliver(letterParcel('p-0')), { kind: 'taken' })
    const recorded: Buffer[] = []
    // The same lengths: neither a name nor a size tells the documents apart.
    const bring = (id: string, subject: string, scanName: string) =>
      deliver({
        ...letterParcel(id, fixedLetter({ subject, attachments: [scanOf(scanName)] })),
        record: async ({ bytes }) => void recorded.push(bytes),
      })
    let count = 0
    for (let breaking = 0, verbs = 1; breaking <= verbs; breaking += step) {
      const id = `p-${breaking}-x`
      const what = `verb ${breaking}`
      // The scan is moved, and the document’s name is refused.
      day.fault = (verb, path) => (verb === 'rename' && path.endsWith(`${id}.csv`) ? 'refuse' : undefined)
      t.match(await bring(id, 'ก่อน', 'old.pdf'), { kind: 'unavailable' }, what)
      t.same(
        visible('in').filter((name) => name.startsWith(`${id}-`)),
        [`${id}-1-old.pdf`],
        what,
      )
      count = 0
      day.fault = () => {
        count += 1
        return count === breaking ? 'drop-after' : undefined
      }
      const mended = await bring(id, 'หลัง', 'now.pdf')
      if (breaking === 0) {
        t.match(mended, { kind: 'taken' })
        verbs = count
      }
      day.fault = undefined
      gateway.clock.skip(5000)
      t.match(await bring(id, 'หลัง', 'now.pdf'), { kind: 'taken' }, what)
      const stands = readFileSync(on('in', `${id}.csv`))
      t.match(stands.toString(), /หลัง/, what)
      t.same(recorded.at(-1), stands, `${what}: the last that is recorded is what the system has`)
      t.same(
        visible('in').filter((name) => name.startsWith(id)),
        [`${id}-1-now.pdf`, `${id}.csv`],
        what,
      )
    }
    t.notOk(names('in', '.saraban').some((name) => name.endsWith('.moving') || name.endsWith('.staged')))
    const count0 = recorded.length
    t.match(await bring('p-0-x', 'ก่อน', 'old.pdf'), { kind: 'taken', said: 'p-0-x.csv' })
    renameSync(on('in', '.saraban', 'p-0-x.done'), on('in', '.saraban', 'p-0-x.moving'))
    t.match(await bring('p-0-x', 'ก่อน', 'old.pdf'), { kind: 'taken', said: 'p-0-x.csv' })
    t.match(readFileSync(on('in', 'p-0-x.csv'), 'utf8'), /หลัง/)
    t.equal(recorded.length, count0, 'nothing was handed, and nothing is recorded')
  })

  test('handing over: a server whose clock is ten years off forgets no parcel; what is old by its own clock goes', async (t) => {
    const { deliver, on, visible, names, gateway } = await stage(t)
    t.match(await deliver(letterParcel()), { kind: 'taken' })
    const marker = on('in', '.saraban', 'p-77.done')
    for (const [year, days] of [
      [2016, 2],
      [2036, 4],
    ] as const) {
      utimesSync(marker, new Date(year, 1, 1), new Date(year, 1, 1))
      // The system has taken the letter; the answer was lost, and a day has passed.
      for (const name of visible('in')) unlinkSync(on('in', name))
      gateway.clock.skip(days * 86_400_000)
      t.match(await deliver(letterParcel()), { kind: 'taken' })
      t.same(visible('in'), [], `${year}: not a second time`)
    }
    utimesSync(marker, new Date(2016, 1, 1), new Date(2016, 1, 1))
    t.match(await deliver(letterParcel('p-78')), { kind: 'taken' })
    const now = new Date(2018, 1, 1)
    utimesSync(on('in', '.saraban', 'p-78.done'), now, now)
    gateway.clock.skip(2 * 86_400_000)
    t.match(await deliver(letterParcel('p-78')), { kind: 'taken' })
    // An old list says days and no instants: there a marker stays.
    t.same(
      names('in', '.saraban'),
      kind.startsWith('ftp') ? ['folder', 'p-77.done', 'p-78.done'] : ['folder', 'p-78.done'],
      'two years by the clock of the server',
    )
  })

  test('handing over: stopped before anything was moved', async (t) => {
    const { deliver, visible } = await stage(t)
    t.match(await deliver(letterParcel(), AbortSignal.abort()), { kind: 'unavailable' })
    t.same(visible('in'), [])
  })
}
