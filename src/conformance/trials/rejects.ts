// What is no letter is not taken, and a refusal reaches who wrote.
import { messageIdOf } from '../exchange.ts'
import { sampleLetter } from '../letters.ts'
import { toldKinds } from '../notices.ts'
import { type Finding, failed, inapplicable, passed } from '../verdict.ts'
import { goesOver, type Scene, until } from './scene.ts'

export async function rejections(scene: Scene): Promise<readonly Finding[]> {
  const { stage, system, ministry, sends } = scene
  const about = 'what is no letter is not taken, and the next letter is'
  const before = ministry.received.letters.length
  const answer = await system.sendBytes(
    Buffer.from('\x00\x01 not a letter \xff\xfe', 'latin1'),
    sampleLetter(sends, 'garbage'),
  )
  const made = sampleLetter(sends, 'behind it')
  const lost = await goesOver(scene, system, ministry, made)
  const findings: Finding[] = []
  if (lost !== undefined) findings.push(failed('rejects', about, `the letter behind it: ${lost}`))
  else if (ministry.received.letters.length !== before + 1)
    findings.push(failed('rejects', about, 'the ministry was brought a letter that nobody wrote'))
  else if (
    answer?.kind !== 'refused' &&
    !(await until(scene, async () => (await stage.quarantine()).length > 0))
  )
    findings.push(failed('rejects', about, 'nobody was told: it was neither refused nor put into quarantine'))
  else findings.push(passed('rejects', about))

  const told = 'a refusal by the ministry reaches it with its reason'
  if (!toldKinds(stage.profile.channels.notices?.untold ?? []).includes('reject'))
    return [
      ...findings,
      inapplicable('rejects', told, 'the profile leaves notices of the kind reject untold'),
    ]
  const messageId = await messageIdOf(stage, made.letter)
  if (messageId === undefined)
    return [...findings, failed('rejects', told, 'the gateway does not know the letter')]
  await ministry.say({ kind: 'reject', letter: made.letter, messageId, reason: 'ส่งผิดหน่วยงาน' })
  const there = await until(scene, () => system.received.notices.some(({ kind }) => kind === 'reject'))
  return [...findings, there ? passed('rejects', told) : failed('rejects', told, 'it did not arrive')]
}
