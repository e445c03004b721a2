// What an office that seals by itself owes and is owed at its doors: the texts that other profiles are asked about without a
// server go over here as signed envelopes, and envelopes that are not right are refused before anything of them is used.

import type { ConformanceCheck } from '../../adapters/conformance-checks.ts'
import type { Written } from '../../adapters/formats/format.ts'
import type { Signer } from '../../envelope/envelope.ts'
import { seal } from '../../envelope/seal.ts'
import { newMessageId } from '../../letter/time.ts'
import type { HandedIn } from '../counterpart/counterpart.ts'
import { differences, notDocuments } from '../documents.ts'
import type { End } from '../exchange.ts'
import { emptiest, hostile, longest, type Parties, type Sample, sampleLetter } from '../letters.ts'
import { sealsByItself } from '../sealing.ts'
import { type Finding, failed, passed } from '../verdict.ts'
import { goesOver, ofNumber, type Scene, saidOf, until } from './scene.ts'

/** Nothing for a profile whose gateway seals. */
export async function sealedTexts(scene: Scene): Promise<readonly Finding[]> {
  if (!sealsByItself(scene.stage.forms)) return []
  const findings: Finding[] = []
  for (const [check, made] of [
    ['longest', longest],
    ['emptiest', emptiest],
    ['hostile', hostile],
  ] as const)
    findings.push(
      await allGoOver(scene, check, scene.system, scene.ministry, made(scene.sends)),
      await allGoOver(scene, check, scene.ministry, scene.system, made(scene.isGiven)),
    )
  return findings
}

/** Letters stand at the other end, each once and as it was: an envelope has a place for whatever a letter may say. */
async function allGoOver(
  scene: Scene,
  check: ConformanceCheck,
  from: End,
  to: End,
  samples: readonly Sample[],
): Promise<Finding> {
  const about = `${samples.length} letters, sealed, ${from === scene.system ? 'to the ministry' : 'from the ministry'}`
  const faults: string[] = []
  for (const made of samples) {
    const answer = await from.send(made)
    if (answer === undefined || answer.kind === 'refused') faults.push(`${made.name}: ${saidOf(answer)}`)
  }
  const there = () => samples.every(({ letter }) => ofNumber(to, letter).length > 0)
  if (faults.length === 0) await until(scene, there)
  for (const { name, letter } of samples) {
    const [arrived, another] = ofNumber(to, letter)
    const declared = from === scene.system ? scene.sent : scene.given
    if (arrived === undefined) faults.push(`${name}: it did not arrive`)
    else if (another !== undefined) faults.push(`${name}: it arrived more than once`)
    else
      faults.push(
        ...differences(letter, arrived.letter, { spilled: [], texts: [], ...declared }).map(
          (lost) => `${name}: ${lost}`,
        ),
      )
  }
  return faults.length === 0 ? passed(check, about) : failed(check, about, faults.slice(0, 20).join('\n'))
}

/** Envelopes that are not right are refused, and the letter behind them is taken. Nothing for a profile whose gateway seals. */
export async function brokenEnvelopes(scene: Scene): Promise<readonly Finding[]> {
  const { stage, ministry, system, sends } = scene
  if (!sealsByItself(stage.forms)) return []
  const door = stage.counterpart('send')
  if (door === undefined) throw new Error('an office that seals by itself has no way to send')
  const before = ministry.received.letters.length
  const broken = await envelopesThatAreNotRight(scene)
  const faults: string[] = []
  for (const [name, document] of broken) {
    const answer = await door.handIn('send', document)
    if (answer.kind !== 'refused') faults.push(`${name}: it was taken`)
  }
  const behind = await goesOver(scene, system, ministry, sampleLetter(sends, 'behind them'))
  if (behind !== undefined) faults.push(`the letter behind them: ${behind}`)
  await until({ ...scene, patience: 500 }, () => false)
  const brought = ministry.received.letters.length - before - (behind === undefined ? 1 : 0)
  if (brought > 0) faults.push(`the ministry was brought ${brought} letters of them`)
  const about = `${broken.length} envelopes that are not right`
  return [faults.length === 0 ? passed('garbage', about) : failed('garbage', about, faults.join('\n'))]
}

async function envelopesThatAreNotRight(scene: Scene): Promise<readonly (readonly [string, HandedIn])[]> {
  const { stage, clock, random, sends, isGiven } = scene
  const { signers } = stage.offices
  let handed = 0
  const nextId = (): string => {
    handed += 1
    return `broken-${clock.now().toString(36)}-${handed}`
  }
  /** A letter of these parties in an envelope that `signer` sealed. */
  const sealedBy = async (signer: Signer | undefined, { from }: Parties, made: Sample): Promise<HandedIn> => {
    const { letter, contents } = made
    if (signer === undefined) throw new Error('an office of the stage has no key')
    const at = clock.now()
    const messageId = newMessageId(clock, random)
    const { bytes } = seal(
      { messageId, createdAt: at, content: 'letter', letter },
      { ...signer, office: from },
      at,
    )
    const files = letter.attachments.map(({ sha256, mediaType, size }) => ({
      name: sha256,
      sha256,
      mediaType,
      content: { kind: 'attachment' as const, size },
    }))
    const written: Written = { bytes, mediaType: 'application/xml', extension: 'xml', files, spilled: [] }
    return { id: nextId(), written, contents }
  }
  const own = signers.get(sends.from)
  const other = signers.get(isGiven.from)
  const right = await sealedBy(own, sends, sampleLetter(sends, 'changed on the way'))
  const changed = (change: (text: string) => string): HandedIn => {
    const bytes = Buffer.from(change(right.written.bytes.toString('utf8')), 'utf8')
    if (bytes.equals(right.written.bytes)) throw new Error('the envelope was to be changed')
    return { ...right, id: nextId(), written: { ...right.written, bytes } }
  }
  const [[sha256, scan] = ['', Buffer.alloc(0)]] = right.contents
  const otherScan = Buffer.from(scan).fill('x', 5)
  return [
    ...notDocuments(right.written.bytes).map(([name, bytes]): [string, HandedIn] => [
      name,
      { ...right, id: nextId(), written: { ...right.written, bytes } },
    ]),
    ['one word of the subject is another', changed((text) => text.replace('ประชุม', 'ประชวม'))],
    ['its signature is gone', changed((text) => text.replace(/<ds:Signature[\s\S]*<\/ds:Signature>/, ''))],
    ['cut in the middle', changed((text) => text.slice(0, text.length / 2))],
    ['its scan does not come', { ...right, id: nextId(), written: { ...right.written, files: [] } }],
    ['its scan is another', { ...right, id: nextId(), contents: new Map([[sha256, otherScan]]) }],
    ['sealed by another office', await sealedBy(other, sends, sampleLetter(sends, 'a stranger'))],
    ['a letter of another office', await sealedBy(other, isGiven, sampleLetter(isGiven, 'another’s'))],
  ]
}
