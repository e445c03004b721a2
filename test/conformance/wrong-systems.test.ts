// Systems that do not behave, each before the whole suite: what is wrong with it is found.
import iconv from 'iconv-lite'
import t from 'tap'
import type { Channel } from '../../src/adapters/transports/transport.ts'
import type { CounterpartMaker } from '../../src/conformance/counterpart/counterpart.ts'
import { folder } from '../../src/conformance/counterpart/folder.ts'
import { sampleLetter } from '../../src/conformance/letters.ts'
import { testProfile } from '../../src/conformance/suite.ts'
import { nothingDoubled, standsOnce } from '../../src/conformance/trials/again.ts'
import type { Scene } from '../../src/conformance/trials/scene.ts'
import { orThrow } from '../../src/gateway/installation/systems.ts'
import type { Letter } from '../../src/letter/letter.ts'
import { moi, officeId } from '../../src/letter/offices.ts'
import { systemClock } from '../../src/letter/time.ts'
import { findingOf, onStage, shipped } from './on-stage.ts'

t.setTimeout(600_000)

/** What it does to the text of a document, of those that it hands over and of those that it was brought. */
interface Habits {
  hands?(text: string, channel: Channel): readonly string[]
  keeps?(text: string): string
}

/** A system of files in windows-874 that has these habits. */
const fileSystem =
  ({ hands = (text) => [text], keeps = (text) => text }: Habits): CounterpartMaker =>
  async (settings) => {
    const made = await folder(settings)
    if ('missing' in made) return made
    const changed = (bytes: Buffer, change: (text: string) => string): Buffer =>
      iconv.encode(change(iconv.decode(bytes, 'windows-874')), 'windows-874')
    return {
      ...made,
      async handIn(channel, document) {
        const texts = hands(iconv.decode(document.written.bytes, 'windows-874'), channel)
        for (const [index, text] of texts.entries())
          await made.handIn(channel, {
            ...document,
            id: index === 0 ? document.id : `${document.id}-${index}`,
            written: { ...document.written, bytes: iconv.encode(text, 'windows-874') },
          })
        return { kind: 'left' }
      },
      collect: async () =>
        (await made.collect()).map((each) => ({ ...each, bytes: changed(each.bytes, keeps) })),
    }
  }

const number = /0017\.1\/\d+/
const otherReason = (text: string): string => text.replace('ส่งผิดหน่วยงาน', 'ไม่มีสิ่งที่ส่งมาด้วย')
/** Says the number of the first letter that it sees in the place of every other one. */
function firstNumber(): (text: string) => string {
  let first: string | undefined
  return (text) => {
    first ??= number.exec(text)?.[0]
    return text.replace(number, first ?? '')
  }
}

const judged = (habits: Habits) =>
  onStage(testProfile, shipped('chiang-mai-csv'), {
    patience: 6_000,
    instead: { folder: fileSystem(habits) },
  })

t.test(
  'a system that says of every letter what it says of the first one, for a reason of its own',
  async (t) => {
    const always = firstNumber()
    const report = await judged({
      hands: (text, channel) => [channel === 'sendNotices' ? otherReason(always(text)) : text],
    })
    t.match(findingOf(report, 'their receive numbers reach the ministry'), {
      outcome: 'failed',
      why: /^the receive number 78\/2569: it did not arrive .* another one came: messageId was/,
    })
    t.match(findingOf(report, 'its own refusal reaches the ministry with its reason'), {
      outcome: 'failed',
      why: /another one came: reason was ส่งผิดหน่วยงาน and is ไม่มีสิ่งที่ส่งมาด้วย; messageId was/,
    })
  },
)

t.test('a system that says more than its people do', async (t) => {
  const report = await judged({
    hands: (text, channel) =>
      channel === 'sendNotices' && text.includes('77/2569') ? [text, text.replace('77/', '99/')] : [text],
  })
  t.match(findingOf(report, 'their receive numbers reach the ministry'), { outcome: 'passed' })
  t.match(findingOf(report, 'after everything each notice that came is one that was given'), {
    outcome: 'failed',
    why: /^the ministry was told accept of ชม|มท .*, which was not said, or not again$/,
  })
})

t.test('a system that keeps what it is told under another letter, and with another reason', async (t) => {
  const always = firstNumber()
  const report = await judged({
    keeps: (text) => (text.startsWith('รายการ,') ? otherReason(always(text)) : text),
  })
  t.match(findingOf(report, 'a refusal by the ministry reaches it with its reason'), {
    outcome: 'failed',
    why: /another one came: reason was ส่งผิดหน่วยงาน and is ไม่มีสิ่งที่ส่งมาด้วย; number was .* and is/,
  })
})

t.test('a system that keeps every letter twice', async (t) => {
  const report = await judged({
    keeps: (text) => {
      const [, ...rows] = text.split('\r\n')
      return text.startsWith('ที่หนังสือ,') ? [text.trimEnd(), ...rows].join('\r\n') : text
    },
  })
  t.match(findingOf(report, standsOnce), {
    outcome: 'failed',
    why: /the system has มท 0017\.1\/\d+.* more than once/,
  })
})

t.test('a letter that nobody wrote', async (t) => {
  // The clock's timers alone keep no process alive.
  const alive = setInterval(() => undefined, 1_000)
  t.teardown(() => clearInterval(alive))
  let running = 0
  const nextRunning = () => {
    running += 1
    return running
  }
  const parties = { from: orThrow(officeId('50')), to: moi, nextRunning }
  const [own, strange] = [sampleLetter(parties, 'own').letter, sampleLetter(parties, 'strange').letter]
  const end = (letters: readonly Letter[], sent: readonly Letter[]) => ({
    received: { letters: letters.map((letter) => ({ letter, texts: [] })), unreadable: [] },
    sent,
    look: async () => undefined,
  })
  const found = (ministry: object, system: object) =>
    nothingDoubled({ clock: systemClock, ministry, system } as unknown as Scene)
  t.match(await found(end([own], []), end([], [own])), [{ outcome: 'passed' }])
  t.match(await found(end([own, strange], []), end([], [own])), [
    { outcome: 'failed', why: 'the ministry has ชม 0017.1/2, which nobody wrote' },
  ])
})
