import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import iconv from 'iconv-lite'
import t from 'tap'
import { checkNotice } from '../../../src/letter/check.ts'
import type { Letter } from '../../../src/letter/letter.ts'
import { fixedLetter, mustBe, office } from '../../letter/arbitrary.ts'
import { messageIdOf } from '../message-ids.ts'
import { parcelOf, sharedMarks } from '../stage.ts'
import { failing, stage } from './stage.ts'

const abc = new Map([
  ['ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', Buffer.from('abc')],
])

const scanOf = (name: string) => ({ ...fixedLetter().attachments[0]!, name })

const letterParcel = (letter: Letter = fixedLetter(), id = 'p-77') => parcelOf({ letter }, id, '50', abc)

t.test('handing over: the document and its files stand in the folder, whole, once', async (t) => {
  const { deliver, path } = await stage(t)
  t.match(await deliver(letterParcel()), { kind: 'taken', said: 'p-77.csv' })
  const visible = () =>
    readdirSync(path('receive'))
      .filter((name) => !name.startsWith('.'))
      .sort()
  t.same(visible(), ['p-77-1-หนังสือ.pdf', 'p-77.csv'])
  t.equal(readFileSync(path('receive', 'p-77-1-หนังสือ.pdf'), 'utf8'), 'abc')
  t.match(
    iconv.decode(readFileSync(path('receive', 'p-77.csv')), 'windows-874'),
    /ชม 0017\.1\/492,13 ก\.พ\. 2551/,
  )
  // The system takes it away; a retry of the same parcel must not bring it a second time.
  for (const name of visible()) unlinkSync(path('receive', name))
  t.match(await deliver(letterParcel()), { kind: 'taken' })
  t.same(visible(), [])
  t.same(readdirSync(path('receive', '.saraban')), ['folder', 'p-77.done'])
  const notice = mustBe(
    checkNotice({
      kind: 'accept',
      from: office('moi'),
      to: office('50'),
      at: Date.UTC(2026, 10, 23),
      receiveNumber: '1234/2569',
      about: {
        messageId: messageIdOf(1),
        digest: '0'.repeat(64),
        number: 'ชม 0017.1/492',
        date: fixedLetter().date,
        subject: 'ก',
      },
    }),
  )
  t.match(await deliver(parcelOf({ notice }, 'p-78', '50')), { kind: 'taken' })
  t.equal(
    iconv.decode(readFileSync(path('notices', 'p-78.csv')), 'windows-874'),
    'รายการ,ที่หนังสือ,ลงวันที่,หน่วยงาน,เลขรับ,วันเวลา,เหตุผล\r\nลงทะเบียนรับ,ชม 0017.1/492,13 ก.พ. 2551,สำนักงานปลัดกระทรวงมหาดไทย,1234/2569,23/11/2569 07:00:00,\r\n',
  )
})

t.test('handing over: killed at any step and tried again, it stands there once', async (t) => {
  const names = ['p-77-1-หนังสือ.pdf', 'p-77.csv']
  // What a kill leaves: half a staging · staged whole · about to move · one file moved · all moved.
  const steps = ['half', 'unmarked', 'moving', 'one', 'one cleared', 'all'] as const
  // Earlier versions staged in one folder for all attempts, and their markers did not name it.
  for (const within of ['p-77.try1', 'p-77'])
    for (const step of steps) {
      const what = `${step} in ${within}`
      const { deliver, path } = await stage(t)
      await deliver(letterParcel())
      const own = path('receive', '.saraban')
      const staged = join(own, within)
      const back = (name: string) => renameSync(path('receive', name), join(staged, name))
      mkdirSync(staged)
      if (step === 'one' || step === 'one cleared') back('p-77.csv')
      else if (step !== 'all') for (const name of names) back(name)
      if (step === 'half' || step === 'unmarked') unlinkSync(join(own, 'p-77.done'))
      else renameSync(join(own, 'p-77.done'), join(own, 'p-77.moving'))
      if (within === 'p-77' && existsSync(join(own, 'p-77.moving'))) {
        const marker = readFileSync(join(own, 'p-77.moving'), 'utf8')
        t.match(marker, /\np-77\.try1\n/)
        writeFileSync(join(own, 'p-77.moving'), marker.replace('p-77.try1\n', ''))
      }
      if (step === 'half') {
        unlinkSync(join(staged, 'p-77.csv'))
        writeFileSync(join(staged, names[0]!), 'a')
      }
      if (step === 'one cleared') unlinkSync(path('receive', names[0]!))
      t.match(await deliver({ ...letterParcel(), attempt: 2 }), { kind: 'taken' }, what)
      t.same(
        readdirSync(path('receive'))
          .filter((name) => !name.startsWith('.'))
          .sort(),
        names,
        what,
      )
      t.equal(readFileSync(path('receive', names[0]!), 'utf8'), 'abc', what)
      t.same(readdirSync(own), ['folder', 'p-77.done'], what)
    }
})

t.test(
  'handing over: killed behind the move, and its system was quick: it was handed over, once',
  async (t) => {
    const { deliver, path } = await stage(t)
    await deliver(letterParcel())
    const own = path('receive', '.saraban')
    // What a kill leaves behind: the marker, and the staging without what was moved.
    renameSync(join(own, 'p-77.done'), join(own, 'p-77.moving'))
    mkdirSync(join(own, 'p-77.try1'))
    unlinkSync(path('receive', 'p-77.csv'))
    unlinkSync(path('receive', 'p-77-1-หนังสือ.pdf'))
    t.match(await deliver({ ...letterParcel(), attempt: 2 }), { kind: 'taken', said: 'p-77.csv' })
    t.same(readdirSync(path('receive')), ['.saraban'])
    t.same(readdirSync(own), ['folder', 'p-77.done'])
  },
)

t.test(
  'handing over: what was moved and is not there any more, nor its staging, is unknown, never taken, until a person says',
  async (t) => {
    for (const answer of ['done', 'not there'] as const) {
      const { deliver, path } = await stage(t)
      await deliver(letterParcel())
      const own = path('receive', '.saraban')
      renameSync(join(own, 'p-77.done'), join(own, 'p-77.moving'))
      unlinkSync(path('receive', 'p-77.csv'))
      const said = /adapter\.folder\.lost\].*p-77\.moving/
      t.match(await deliver(letterParcel()), { kind: 'unknown', said })
      t.match(await deliver(letterParcel()), { kind: 'unknown', said })
      if (answer === 'done') renameSync(join(own, 'p-77.moving'), join(own, 'p-77.done'))
      else {
        unlinkSync(join(own, 'p-77.moving'))
        unlinkSync(path('receive', 'p-77-1-หนังสือ.pdf'))
      }
      t.match(await deliver(letterParcel()), { kind: 'taken' })
      t.equal(existsSync(path('receive', 'p-77.csv')), answer === 'not there')
    }
  },
)

t.test(
  'handing over: what another profile staged is staged anew; what was moved stays, and nothing else is recorded',
  async (t) => {
    // The same lengths: neither a name nor a size tells them apart.
    const old = fixedLetter({ subject: 'ก่อน', attachments: [scanOf('old.pdf')] })
    const now = fixedLetter({ subject: 'หลัง', attachments: [scanOf('now.pdf')] })
    for (const state of ['name taken', 'staged', 'half staged', 'unreadable', 'moved', 'done'] as const) {
      const { deliver, path } = await stage(t)
      const recorded: Buffer[] = []
      const bring = (letter: Letter) =>
        deliver({ ...letterParcel(letter), record: async ({ bytes }) => void recorded.push(bytes) })
      const own = (...parts: string[]) => path('receive', '.saraban', ...parts)
      if (state !== 'moved' && state !== 'done') mkdirSync(path('receive', 'p-77.csv'))
      t.match(
        await bring(old),
        { kind: state === 'moved' || state === 'done' ? 'taken' : 'unavailable' },
        state,
      )
      if (state === 'moved') renameSync(own('p-77.done'), own('p-77.moving'))
      else if (state !== 'done') rmdirSync(path('receive', 'p-77.csv'))
      if (state === 'unreadable') writeFileSync(own('p-77.moving'), '../../elsewhere\n')
      if (state.endsWith('staged')) {
        unlinkSync(own('p-77.moving'))
        renameSync(path('receive', 'p-77-1-old.pdf'), own('p-77.try1', 'p-77-1-old.pdf'))
      }
      // An attempt that staged anew was killed; then somebody put the old profile back, and mended it again.
      if (state === 'half staged') {
        t.match(
          await deliver({ ...letterParcel(now), open: () => Readable.from(failing()) }),
          { kind: 'unavailable', said: /ENOSPC/ },
          state,
        )
        t.notOk(existsSync(own('p-77.moving')), 'no marker vouches for the half of it')
      }
      t.match(await bring(now), { kind: 'taken', said: 'p-77.csv' }, state)
      const stands = readFileSync(path('receive', 'p-77.csv'))
      const kept = state === 'moved' || state === 'done'
      t.match(iconv.decode(stands, 'windows-874'), kept ? /ก่อน/ : /หลัง/, state)
      t.same(recorded.at(-1), stands, `${state}: the last that is recorded is what the system has`)
      t.equal(recorded.length, kept ? 1 : 2, state)
      t.same(
        readdirSync(path('receive')).sort(),
        // A marker that nobody can read does not say what else was moved.
        ['.saraban', ...(state === 'unreadable' ? ['p-77-1-now.pdf'] : []), 'p-77-1-old.pdf', 'p-77.csv']
          .map((name) => (kept || state === 'unreadable' ? name : name.replace('old', 'now')))
          .sort(),
        state,
      )
      t.same(readdirSync(own()), ['folder', 'p-77.done'], state)
    }
  },
)

t.test('handing over: a share whose clock is off, or ours that was set, forgets no parcel', async (t) => {
  const { deliver, path, gateway } = await stage(t)
  const own = (name: string) => path('receive', '.saraban', name)
  const says = (name: string, year: number) =>
    utimesSync(own(name), new Date(year, 1, 1), new Date(year, 1, 1))
  const taken = async (id: string, why: string) => {
    for (const name of readdirSync(path('receive')))
      if (!name.startsWith('.')) unlinkSync(path('receive', name))
    gateway.clock.skip(2 * 86_400_000)
    t.match(await deliver(letterParcel(fixedLetter(), id)), { kind: 'taken' }, why)
    return readdirSync(path('receive')).filter((name) => !name.startsWith('.'))
  }
  await deliver(letterParcel())
  says('p-77.done', 2016)
  t.same(await taken('p-77', 'a share ten years behind'), [])
  gateway.clock.step(3650 * 86_400_000)
  t.same(await taken('p-77', 'our clock ten years ahead'), [])
  gateway.clock.step(-3650 * 86_400_000)
  await deliver(letterParcel(fixedLetter(), 'p-78'))
  says('p-78.done', 2018)
  await taken('p-78', 'and what is old by its own clock goes')
  t.same(readdirSync(path('receive', '.saraban')), ['folder', 'p-78.done'])
  says('p-78.done', 2026)
  await deliver(letterParcel(fixedLetter(), 'p-79'))
  says('p-79.done', 2036)
  t.same(await taken('p-78', 'a share whose clock sprang ten years ahead'), [])
})

t.test('handing over: what died attempts left is swept after a week, and what is begun stays', async (t) => {
  const { deliver, path, gateway } = await stage(t)
  const own = (...parts: string[]) => path('receive', '.saraban', ...parts)
  const aged = (name: string, days: number) => {
    const at = new Date(Date.now() - days * 86_400_000)
    utimesSync(own(name), at, at)
  }
  gateway.clock.step(Date.now() - gateway.clock.now())
  await deliver(letterParcel())
  const folders = [
    'p-1.try3',
    'p-2.try1',
    'p-3.try1',
    'p-3.withdrawn',
    'p-4.try2',
    'p-4.withdrawn2',
    'claimed',
  ]
  for (const name of folders) {
    mkdirSync(own(name))
    writeFileSync(own(name, 'p.csv'), 'x')
    aged(name, name === 'p-2.try1' ? 6 : 8)
  }
  // Of p-3 and p-4 something is begun; p-4 was handed over after all.
  for (const name of ['p-3.moving', 'p-3.moving2', 'p-4.moving', 'p-4.moving2', 'p-4.done']) {
    writeFileSync(own(name), 'p.csv\n')
    aged(name, 8)
  }
  gateway.clock.skip(2 * 86_400_000)
  await deliver(letterParcel(fixedLetter(), 'p-78'))
  t.same(readdirSync(own()).sort(), [
    ...['claimed', 'folder', 'p-2.try1', 'p-3.moving', 'p-3.moving2', 'p-3.try1', 'p-3.withdrawn'],
    ...['p-4.done', 'p-77.done', 'p-78.done'],
  ])
  // Nobody needs a marker any more after 400 days, nor what it spoke of.
  for (const name of ['p-3.moving', 'p-3.moving2', 'p-3.try1', 'p-3.withdrawn', 'p-4.done']) aged(name, 401)
  gateway.clock.skip(2 * 86_400_000)
  await deliver(letterParcel(fixedLetter(), 'p-79'))
  t.same(readdirSync(own()).sort(), ['claimed', 'folder', 'p-2.try1', 'p-77.done', 'p-78.done', 'p-79.done'])
})

t.test('handing over: what a mended profile began anew and is lost is told by its own marker', async (t) => {
  const { deliver, path } = await stage(t)
  const own = (...parts: string[]) => path('receive', '.saraban', ...parts)
  const bring = (subject: string, attempt: number) =>
    deliver({ ...letterParcel(fixedLetter({ subject })), attempt })
  mkdirSync(path('receive', 'p-77.csv'))
  t.match(await bring('ก่อน', 1), { kind: 'unavailable' })
  t.match(await bring('หลัง', 2), { kind: 'unavailable' }, 'its name is taken still')
  t.same(readdirSync(own('p-77.withdrawn')), ['p-77.csv'], 'the rest of the first gave its room back')
  // The document is gone with its staging: moved and taken away, or cleared.
  rmdirSync(path('receive', 'p-77.csv'))
  rmSync(own('p-77.try2'), { recursive: true })
  const lost = { kind: 'unknown', said: /rename \.saraban\/p-77\.moving2 to \.saraban\/p-77\.done/ }
  t.match(await bring('หลัง', 3), lost)
  unlinkSync(own('p-77.moving2'))
  t.match(await bring('หลัง', 4), { kind: 'taken' }, 'a person has looked: it is not there')
  t.match(iconv.decode(readFileSync(path('receive', 'p-77.csv')), 'windows-874'), /หลัง/)
  t.same(readdirSync(own()), ['folder', 'p-77.done'])
})

t.test('handing over: a share that is not mounted, or another folder, gets nothing', async (t) => {
  const { deliver, path, start } = await stage(t)
  await start()
  renameSync(path('receive'), path('share'))
  t.match(await deliver(letterParcel()), { kind: 'unavailable', said: /adapter\.folder\.absent/ })
  writeFileSync(path('receive'), 'a file in its place')
  t.match(await deliver(letterParcel()), { kind: 'unavailable', said: /adapter\.folder\.no-folder/ })
  rmSync(path('receive'))
  mkdirSync(path('receive'))
  const other = { kind: 'unavailable', said: /adapter\.folder\.other\].*\.saraban\/accept/ }
  t.match(await deliver(letterParcel()), other, 'the bare mount point')
  t.same(readdirSync(path('receive')), [])
  rmSync(path('receive'), { recursive: true })
  renameSync(path('share'), path('receive'))
  t.match(await deliver(letterParcel()), { kind: 'taken' }, 'and it is back')
  rmSync(path('receive', '.saraban'), { recursive: true })
  t.match(await deliver(letterParcel(fixedLetter(), 'p-78')), other, 'its mark is gone')
  mkdirSync(path('receive', '.saraban'))
  writeFileSync(path('receive', '.saraban', 'accept'), '')
  t.match(
    await deliver(letterParcel(fixedLetter(), 'p-78')),
    { kind: 'taken' },
    'a person accepts the folder',
  )
  t.same(readdirSync(path('receive', '.saraban')), ['folder', 'p-78.done'])
  t.match(await deliver(letterParcel(fixedLetter(), 'p-79')), { kind: 'taken' })
})

t.test(
  'handing over: no gateway brings anything into a folder that is not the one the others know',
  async (t) => {
    const marks = sharedMarks()
    const one = await stage(t)
    one.gateway.marks = marks
    t.match(await one.deliver(letterParcel()), { kind: 'taken' })
    // On another machine the share is not mounted, and has never been since that gateway started.
    const bare = await stage(t)
    bare.gateway.marks = marks
    await bare.start()
    t.match(
      bare.gateway.reports.filter(({ facts }) => facts['channel'] === 'receive'),
      [{ event: 'folder.unavailable', facts: { reason: /adapter\.folder\.other/ } }],
      'it is told at the start',
    )
    const other = { kind: 'unavailable', said: /adapter\.folder\.other\].*\.saraban\/accept/ }
    t.match(await bare.deliver(letterParcel(fixedLetter(), 'p-78')), other)
    t.same(readdirSync(bare.path('receive')), [], 'nothing is left in it')
    await bare.restart()
    t.match(await bare.deliver(letterParcel(fixedLetter(), 'p-78')), other, 'nor after a restart')
    t.match(await one.deliver(letterParcel(fixedLetter(), 'p-79')), { kind: 'taken' })

    // A person replaces the folder on purpose: from then on it is the one, for all of them.
    mkdirSync(bare.path('receive', '.saraban'))
    writeFileSync(bare.path('receive', '.saraban', 'accept'), '')
    t.match(await bare.deliver(letterParcel(fixedLetter(), 'p-78')), { kind: 'taken' })
    t.notOk(existsSync(bare.path('receive', '.saraban', 'accept')), 'it counts once')
    t.match(await one.deliver(letterParcel(fixedLetter(), 'p-80')), other)
    rmSync(bare.path('receive'), { recursive: true })
    mkdirSync(bare.path('receive'))
    t.match(await bare.deliver(letterParcel(fixedLetter(), 'p-81')), other)
  },
)

t.test('handing over: what cannot be done now is said, and nothing is overwritten', async (t) => {
  const { deliver, path, root } = await stage(t)
  writeFileSync(path('receive', 'p-77.csv'), 'somebody else’s')
  t.match(await deliver(letterParcel()), {
    kind: 'unavailable',
    said: /p-77\.csv” stands in the folder already/,
  })
  t.equal(readFileSync(path('receive', 'p-77.csv'), 'utf8'), 'somebody else’s')
  unlinkSync(path('receive', 'p-77.csv'))
  t.match(await deliver(letterParcel()), { kind: 'taken' })
  const full = { ...letterParcel(fixedLetter(), 'p-79'), open: () => Readable.from(failing()) }
  t.match(await deliver(full), { kind: 'unavailable', said: /ENOSPC/ })
  t.notOk(existsSync(path('receive', 'p-79.csv')))
  t.match(await deliver(letterParcel(fixedLetter(), 'p-79')), { kind: 'taken' }, 'and later it goes')
  t.match(await deliver(letterParcel(fixedLetter({ secrecy: 'secret' }), 'p-80')), {
    kind: 'refused',
    problem: { code: 'adapter.field.secrecy-unsayable' },
  })
  rmSync(path('receive', '.saraban'), { recursive: true })
  symlinkSync(root, path('receive', '.saraban'))
  t.match(
    await deliver(letterParcel(fixedLetter(), 'p-81')),
    { kind: 'unavailable', said: /adapter\.folder\.no-folder/ },
    'a link in place of our own folder is not followed',
  )
  renameSync(path('receive'), path('gone'))
  t.match(await deliver(letterParcel(fixedLetter(), 'p-82')), { kind: 'unavailable', said: /is not there/ })
})

t.test('a start waits half a minute for a folder that says nothing, and goes on', async (t) => {
  const { gateway, start } = await stage(t)
  // As a share whose server is gone: whoever asks waits.
  let back: (mark: string) => void = () => undefined
  const away = new Promise<string>((resolve) => {
    back = resolve
  })
  gateway.marks = { known: () => away, become: () => away }
  let started = false
  const starting = start().then(() => {
    started = true
  })
  for (let seconds = 0; seconds < 29; seconds += 1) {
    gateway.clock.pass(1_000)
    await new Promise((resolve) => setImmediate(resolve))
  }
  t.notOk(started)
  // One place after the other: it is handed over to at two, and looked into at two.
  for (let seconds = 0; seconds < 100; seconds += 1) {
    gateway.clock.pass(1_000)
    await new Promise((resolve) => setImmediate(resolve))
  }
  t.ok(started)
  back('another')
  await starting
  const told = () =>
    gateway.reports.filter(
      ({ event, facts }) =>
        event === 'folder.unavailable' && /receive|notices/.test(String(facts['channel'])),
    )
  for (let turn = 0; turn < 1_000 && told().length < 2; turn += 1)
    await new Promise((resolve) => setImmediate(resolve))
  t.equal(told().length, 2, 'what it says when it is back is heard')
})
