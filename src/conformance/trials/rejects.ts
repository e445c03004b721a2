// What is no letter is not taken, and a refusal reaches who wrote.
import type { Letter } from '../../letter/letter.ts'
import { sampleLetter } from '../letters.ts'
import { toldKinds } from '../notices.ts'
import { type Finding, failed, inapplicable, passed } from '../verdict.ts'
import { goesOver, isHeard, type Scene, until } from './scene.ts'

export async function rejections(scene: Scene): Promise<readonly Finding[]> {
  const { stage, system, ministry, sends } = scene
  const about = 'what is no letter is not taken, and the next letter is'
  const before = ministry.received.letters.length
  const waiting = (await stage.quarantine()).length
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
    !(await until(scene, async () => (await stage.quarantine()).length > waiting))
  )
    findings.push(failed('rejects', about, 'nobody was told: it was neither refused nor put into quarantine'))
  else findings.push(passed('rejects', about))

  return [...findings, await refusalTold(scene, made.letter), await refusalSaid(scene)]
}

const reason = 'ส่งผิดหน่วยงาน'

async function refusalTold(scene: Scene, letter: Letter): Promise<Finding> {
  const { stage, system, ministry } = scene
  const about = 'a refusal by the ministry reaches it with its reason'
  if (!toldKinds(stage.profile.channels.notices?.untold ?? []).includes('reject'))
    return inapplicable('rejects', about, 'the profile leaves notices of the kind reject untold')
  const lost = await isHeard(scene, ministry, system, { kind: 'reject', letter, reason })
  return lost === undefined ? passed('rejects', about) : failed('rejects', about, lost.why)
}

async function refusalSaid(scene: Scene): Promise<Finding> {
  const { system, ministry, isGiven } = scene
  const about = 'its own refusal reaches the ministry with its reason'
  if (!system.tells) return inapplicable('rejects', about, 'the profile has no channel sendNotices')
  const made = sampleLetter(isGiven, 'refused')
  const missing = await goesOver(scene, ministry, system, made)
  if (missing !== undefined) return failed('rejects', about, `the letter that it refuses: ${missing}`)
  const lost = await isHeard(scene, system, ministry, { kind: 'reject', letter: made.letter, reason })
  if (lost === undefined) return passed('rejects', about)
  return lost.kind === 'unsayable'
    ? inapplicable('rejects', about, lost.why)
    : failed('rejects', about, lost.why)
}
