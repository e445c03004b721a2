// Letters go both ways, and their receive numbers come back.
import { sampleLetter } from '../letters.ts'
import { type Finding, failed, inapplicable, passed } from '../verdict.ts'
import { goesOver, numberComesBack, type Scene } from './scene.ts'

export async function lettersSent(scene: Scene): Promise<readonly Finding[]> {
  const { system, ministry, sends } = scene
  const about = 'a letter that it sends reaches the ministry, and its receive number comes back'
  const made = sampleLetter(sends, 'plain')
  const lost = await goesOver(scene, system, ministry, made)
  if (lost !== undefined) return [failed('accepts', about, lost)]
  const back = await numberComesBack(scene, ministry, system, made.letter, '2345/2569')
  return [back === undefined ? passed('accepts', about) : failed('accepts', about, back)]
}

export async function lettersGiven(scene: Scene): Promise<readonly Finding[]> {
  const { system, ministry, isGiven } = scene
  const about = 'a letter of the ministry reaches it'
  const made = sampleLetter(isGiven, 'plain')
  const lost = await goesOver(scene, ministry, system, made)
  if (lost !== undefined) return [failed('accepts', about, lost)]
  const told = 'its receive number reaches the ministry'
  if (!system.tells)
    return [passed('accepts', about), inapplicable('accepts', told, 'the profile has no channel sendNotices')]
  const back = await numberComesBack(scene, system, ministry, made.letter, '77/2569')
  return [
    passed('accepts', about),
    back === undefined ? passed('accepts', told) : failed('accepts', told, back),
  ]
}
