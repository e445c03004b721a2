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
  const about = 'letters of the ministry reach it'
  // Two of them: who names another letter than his own must find one to be noticed.
  const [first, second] = [sampleLetter(isGiven, 'first'), sampleLetter(isGiven, 'second')]
  for (const made of [first, second]) {
    const lost = await goesOver(scene, ministry, system, made)
    if (lost !== undefined) return [failed('accepts', about, `the ${made.name}: ${lost}`)]
  }
  const told = 'their receive numbers reach the ministry'
  if (!system.tells)
    return [passed('accepts', about), inapplicable('accepts', told, 'the profile has no channel sendNotices')]
  const lost = [
    await numberComesBack(scene, system, ministry, second.letter, '77/2569'),
    await numberComesBack(scene, system, ministry, first.letter, '78/2569'),
  ].filter((each) => each !== undefined)
  return [
    passed('accepts', about),
    lost.length === 0 ? passed('accepts', told) : failed('accepts', told, lost.join('\n')),
  ]
}
