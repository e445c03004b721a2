// docs/operate.md: its commands do what the page says, and it names every state, metric and event.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import t from 'tap'
import { deliveryTable } from '../../src/gateway/delivery/states.ts'
import { lettersOfMessage } from '../../src/gateway/journal/letters.ts'
import { createMetrics } from '../../src/gateway/metrics.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import type { MessageId } from '../../src/letter/time.ts'
import { letterItem, plainLetter, scratch, until } from '../gateway/harness.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { commandsOfPage } from './operator.ts'
import { isStuck, open, unknownKind } from './stuck-stage.ts'

t.test('every command of docs/operate.md does what the page says', async (t) => {
  const opened = await open(t)
  const { gateway, ministry, province, offer, saraban } = opened
  ministry.answer = () => unknownKind
  const number = mustBe(readLetterNumber('ชม 0017.1/492')).number
  province.items = [letterItem(plainLetter({ number }))]
  await offer('492')
  await isStuck(opened, 'the letter to moi: refused')
  ministry.answer = () => ({ kind: 'taken' })
  province.answer = () => unknownKind
  const other = await opened.send()
  await isStuck(opened, 'the receive notice to 50: refused')
  const { committed } = gateway.desk.database
  const place = scratch(t)
  const scan = join(place, 'letter.pdf')
  writeFileSync(scan, '%PDF-1.4 the right one')

  /** Another letter that the ministry refused, with an enclosure. */
  const refusedLetter = async (running: number): Promise<MessageId> => {
    ministry.answer = () => unknownKind
    const { sha256, size } = await gateway.desk.attachments.keep(Readable.from([Buffer.from('old')]), 100)
    const item = letterItem(plainLetter({ number: mustBe(readLetterNumber(`ชม 0017.1/${running}`)).number }))
    if (item.kind !== 'letter') throw new Error('no letter')
    const content = { kind: 'kept', sha256, size } as const
    const old = { name: 'old.pdf', mediaType: 'application/pdf', role: 'main', content } as const
    province.items = [{ ...item, attachments: [old] }]
    const [taken] = await offer(`${running}`)
    if (taken?.kind !== 'taken') throw new Error(`not taken: ${JSON.stringify(taken)}`)
    const { messageId } = taken
    await until(
      async () => (await lettersOfMessage(committed, messageId)).every(({ state }) => state === 'refused'),
      'the letter is refused',
    )
    ministry.answer = () => ({ kind: 'taken' })
    return messageId
  }

  const commands = commandsOfPage('messages')
  t.ok(commands.length >= 10)
  let running = 1000
  for (const words of commands) {
    const corrects = words[0] === 'correct'
    running += 1
    const meant = corrects ? await refusedLetter(running) : other
    const here: Readonly<Record<string, string>> = {
      '7f3a91c2': meant.slice(-12),
      // Once corrected, a letter is not corrected again: each command has one of its own.
      ...(corrects && { 'ชม 0017.1/492': `ชม 0017.1/${running}` }),
      'letter.pdf': scan,
      DIR: join(place, 'saved'),
    }
    // Who does it is the running gateway, which is none here: what the page says is shown (test/cli/correct.test.ts does it).
    const said = await saraban(
      ...words.map((word) => here[word] ?? word).filter((word) => !corrects || word !== '--yes'),
    )
    t.equal(said.code, 0, `${words.join(' ')}: ${said.err}`)
    if (words[0] === 'retry') t.match(said.out, 'to be brought again', words.join(' '))
    if (corrects) t.match(said.out, /→ [\s\S]*recalled at: moi \(refused\)/, words.join(' '))
  }
})

t.test('docs/operate.md names every state, metric and event', async (t) => {
  const root = join(import.meta.dirname, '../..')
  const page = readFileSync(join(root, 'docs/operate.md'), 'utf8')
  const { gateway } = await open(t)
  const { registry } = createMetrics(gateway.desk.database, gateway.queue, gateway.present)
  const metrics = registry.getMetricsAsArray().map(({ name }) => name)
  const own = metrics.filter((name) => name.startsWith('saraban_'))
  t.same([...new Set(page.match(/saraban_\w+/g))].toSorted(), own.toSorted())
  for (const state of Object.keys(deliveryTable)) t.match(page, `\`${state}\``)
  // Events as the sources have them: of the log, and of the adapters' reports.
  const adapters = readdirSync(join(root, 'src/adapters'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(root, 'src/adapters', name), 'utf8'))
  const log = readFileSync(join(root, 'src/gateway/log.ts'), 'utf8')
  const found = [
    ...adapters.join('').matchAll(/report\(\s*'([a-z]+\.[a-z-]+)'/g),
    ...log.matchAll(/'([a-z]+\.[a-z-]+)'/g),
  ]
  const events = new Set(found.map(([, event = '']) => event))
  for (const kind of ['taken', 'known', 'quarantined', 'refused', 'waiting']) events.add(`source.${kind}`)
  t.ok(events.size > 15)
  for (const event of events) t.match(page, `\`${event}\``)
})
