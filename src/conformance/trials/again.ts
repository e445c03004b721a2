// The same letter again, another letter under its number, and after everything: each stands once.
import { normalizeNumber } from '../../letter/numbers.ts'
import { sampleLetter } from '../letters.ts'
import { misheard } from '../notices.ts'
import { type Finding, failed, inapplicable, passed } from '../verdict.ts'
import {
  arrivalTold,
  changed,
  goesOver,
  numberComesBack,
  ofNumber,
  type Scene,
  saidOf,
  standing,
  until,
  untilInTime,
} from './scene.ts'

export async function twice(scene: Scene): Promise<readonly Finding[]> {
  const { system, ministry, sends } = scene
  const about = 'the same letter handed over twice is taken once'
  const made = sampleLetter(sends, 'twice')
  const lost = await goesOver(scene, system, ministry, made)
  if (lost !== undefined) return [failed('twice', about, lost)]
  const answer = await system.sendAgain(made)
  if (answer?.kind === 'refused') return [failed('twice', about, `the second time ${saidOf(answer)}`)]
  const behind = await goesOver(scene, system, ministry, sampleLetter(sends, 'behind it'))
  if (behind !== undefined) return [failed('twice', about, `the letter behind it: ${behind}`)]
  const count = ofNumber(ministry, made.letter).length
  return [count === 1 ? passed('twice', about) : failed('twice', about, `the ministry has it ${count} times`)]
}

/** Longer than anything else that is said to a system in one go. Bytes. */
const large = 64 * 1024

export async function broughtTwice(scene: Scene): Promise<readonly Finding[]> {
  const { stage, system, ministry, isGiven } = scene
  const about = 'a letter that is brought again, because an answer was lost, stands once'
  const day = stage.counterpart('receive')?.mute
  if (day === undefined) return [inapplicable('twice', about, 'no answer can be lost here')]
  const scan = { name: `หนังสือ ${isGiven.nextRunning()}.pdf`, role: 'main' as const }
  const bytes = Buffer.alloc(large, `%PDF-1.4\n% ${scan.name}\n`)
  const made = sampleLetter(isGiven, 'brought twice', { files: [{ ...scan, bytes }] })
  const { letter } = made
  await day.begin()
  const answer = await ministry.send(made)
  // That it has arrived is told only when it was brought to the end.
  const arrived = await untilInTime(scene, () => arrivalTold(scene, ministry, letter))
  const lost = await day.end()
  if (!arrived)
    return [failed('twice', about, `${saidOf(answer)} and did not arrive${await standing(scene, made)}`)]
  if (!lost) return [failed('twice', about, 'no answer was lost: it was brought once')]
  await until({ ...scene, patience: 500 }, () => false)
  const { length } = ofNumber(system, letter)
  if (length !== 1) return [failed('twice', about, `the system has it ${length} times`)]
  const wrong =
    changed(scene, system, made) ??
    (system.tells ? await numberComesBack(scene, system, ministry, letter, '79/2569') : undefined)
  return [wrong === undefined ? passed('twice', about) : failed('twice', about, wrong)]
}

export async function corrected(scene: Scene): Promise<readonly Finding[]> {
  const { stage, system, ministry, sends } = scene
  const about = 'another letter under the same number is not taken in silence'
  const made = sampleLetter(sends, 'first')
  const lost = await goesOver(scene, system, ministry, made)
  if (lost !== undefined) return [failed('corrected', about, lost)]
  const before = (await stage.quarantine()).length
  const other = sampleLetter(sends, 'corrected', {
    number: made.letter.number,
    date: made.letter.date,
    subject: 'แก้ไขเรื่อง ขอเลื่อนการประชุม',
    files: [
      {
        name: `แก้ไข ${sends.nextRunning()}.pdf`,
        role: 'main',
        bytes: Buffer.from('%PDF-1.4\n% corrected\n%%EOF\n'),
      },
    ],
  })
  const answer = await system.send(other)
  const told =
    answer?.kind === 'refused' || (await until(scene, async () => (await stage.quarantine()).length > before))
  await until({ ...scene, patience: 500 }, () => false)
  const [arrived, another] = ofNumber(ministry, made.letter)
  if (another !== undefined || arrived?.letter.subject !== made.letter.subject)
    return [failed('corrected', about, 'the ministry was brought the second letter too')]
  return [told ? passed('corrected', about) : failed('corrected', about, 'nobody is told of it')]
}

/** What `nothingDoubled` finds is about this. */
export const standsOnce = 'after everything each letter stands once'

/** After all trials: every letter stood once at each end, none stood that nobody wrote, and nothing came that its reader could not read. */
export async function nothingDoubled(scene: Scene): Promise<readonly Finding[]> {
  await until({ ...scene, patience: 500 }, () => false)
  const faults = (
    [
      ['the ministry', scene.ministry, scene.system],
      ['the system', scene.system, scene.ministry],
    ] as const
  ).flatMap(([name, end, other]) => {
    const counts = new Map<string, number>()
    for (const { letter } of end.received.letters)
      counts.set(letter.number.normalized, (counts.get(letter.number.normalized) ?? 0) + 1)
    const doubled = [...counts].filter(([, count]) => count > 1).map(([number]) => number)
    const written = new Set(other.sent.map(({ number }) => number.normalized))
    const strange = [...counts.keys()].filter((number) => !written.has(number))
    return [
      ...(strange.length > 0 ? [`${name} has ${strange.join(', ')}, which nobody wrote`] : []),
      ...(doubled.length > 0 ? [`${name} has ${doubled.join(', ')} more than once`] : []),
      ...end.received.unreadable.map((said) => `${name} cannot read what it was brought: ${said}`),
    ]
  })
  return [faults.length === 0 ? passed('twice', standsOnce) : failed('twice', standsOnce, faults.join('\n'))]
}

/** After all trials: what each end was told of its letters was said at the other end, and came as often as it was said. */
export async function nothingMadeUp({ stage, system, ministry }: Scene): Promise<readonly Finding[]> {
  const about = 'after everything each notice that came is one that was given'
  const numbers = new Map((await stage.letters()).map(({ messageId, number }) => [messageId, number]))
  const faults = (
    [
      ['the ministry', ministry, system],
      ['the system', system, ministry],
    ] as const
  ).flatMap(([name, end, other]) => {
    const left = [...other.given]
    const sent = end.sent.map(({ number }) => number.normalized)
    return end.received.notices.flatMap((told) => {
      const { kind, about: named } = told.draft
      const number = 'messageId' in named ? numbers.get(named.messageId) : normalizeNumber(named.number)
      // That a letter has arrived the gateway says for an office whose system cannot.
      const at =
        kind === 'receive'
          ? sent.indexOf(number ?? '')
          : left.findIndex((given) => misheard(given, told).length === 0)
      if (at >= 0) (kind === 'receive' ? sent : left).splice(at, 1)
      return at >= 0
        ? []
        : [`${name} was told ${kind} of ${number ?? 'a letter'}, which was not said, or not again`]
    })
  })
  return [faults.length === 0 ? passed('accepts', about) : failed('accepts', about, faults.join('\n'))]
}
