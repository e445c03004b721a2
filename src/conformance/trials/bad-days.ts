// Slow lines, and systems that are away for a while.
import { sampleLetter } from '../letters.ts'
import { type Finding, failed, inapplicable } from '../verdict.ts'
import { bothWays, ofNumber, type Scene, standing, until, untilInTime } from './scene.ts'

export async function slow(scene: Scene): Promise<readonly Finding[]> {
  const about = 'over a slow line a letter goes each way once'
  const ways = scene.stage.counterparts.flatMap(({ slow: day }) => (day === undefined ? [] : [day]))
  if (ways.length === 0) return [inapplicable('slow', about, 'none of its transports can be made slow here')]
  for (const way of ways) await way.begin()
  try {
    return [await bothWays(scene, 'slow', about)]
  } finally {
    for (const way of ways) await way.end()
  }
}

export async function down(scene: Scene): Promise<readonly Finding[]> {
  const about = 'what is sent while it is away arrives afterwards, once'
  const ways = scene.stage.counterparts.flatMap(({ away }) => (away === undefined ? [] : [away]))
  if (ways.length === 0) return [inapplicable('down', about, 'none of its transports can go away here')]
  for (const way of ways) await way.go()
  const made = sampleLetter(scene.isGiven, 'while away')
  await scene.ministry.send(made)
  await until({ ...scene, patience: 1_000 }, () => false)
  const early = ofNumber(scene.system, made.letter).length
  for (const way of ways) await way.back()
  if (early > 0) return [failed('down', about, 'it stands at a system that was away')]
  const there = await untilInTime(scene, () => ofNumber(scene.system, made.letter).length > 0)
  if (!there) return [failed('down', about, `it did not arrive${await standing(scene, made)}`)]
  return [await bothWays(scene, 'down', about)]
}
