// A gateway over real folders: what waits for a scan, and a folder that is unplugged, are told while they last.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { systemClock } from '../../src/letter/time.ts'
import { sarabanIn } from '../cli/operator.ts'
import { office } from '../letter/arbitrary.ts'
import { scratch, soon } from './harness.ts'
import { ask, inboxProfile, jsonProfile, makeInstallation } from './installation.ts'
import { besideIt } from './store-settings.ts'

/** A system that puts CSV into a folder, and does everything else by HTTP. */
const folderProfile = (path: string): object => {
  const json = jsonProfile('50', { id: 'csv-50' })
  const fields = {
    number: { at: 'number', as: 'letter-number' },
    date: { at: 'date', as: { 'buddhist-date': 'd MMM yyyy' } },
    subject: { at: 'subject', as: 'text' },
    to: { at: 'to', as: { list: { separator: ';', of: { office: { write: 'id' } } } } },
    attachments: { at: 'file', as: { 'file-beside': { separator: ';' } } },
  }
  const csv = { format: { kind: 'csv', charset: 'utf-8', header: true }, fields }
  const documents = 'documents' in json ? (json.documents as object) : {}
  const transport = { kind: 'folder', path, pattern: '*.csv', every: '20ms', settle: '40ms', wait: '1h' }
  return { ...json, documents: { ...documents, csv }, send: { transport, document: 'csv' } }
}

const folder = scratch(t)
const send = join(folder, 'send')
mkdirSync(send)
const installation = await makeInstallation(folder, ['50', 'moi'].map(office), {
  'csv-50.yaml': folderProfile(send),
  'moi.yaml': inboxProfile(),
})
const gateway = await installation.start()
let running = gateway
t.teardown(() => running.stop())

const { words: place, environment } = await besideIt(folder, installation.settings.data)
const messages = (...words: string[]) => sarabanIn(environment, systemClock, 'messages', ...words, ...place)
const list = async (...words: string[]): Promise<string> => (await messages(...words)).out
const drop = (name: string, text: string): void => {
  writeFileSync(join(folder, name), text)
  renameSync(join(folder, name), join(send, name))
}
const row = (number: string, file: string): string =>
  `number,date,subject,to,file\n${number},20 พ.ย. 2569,ทดสอบ,moi,${file}\n`

/** Asks again until the answer fits: the folder is looked into by a real clock. */
async function eventually(read: () => Promise<string>, expected: RegExp): Promise<string> {
  let found = ''
  await soon(async () => {
    found = await read()
    return expected.test(found)
  })
  if (!expected.test(found)) throw new Error(`never ${expected}: ${found}`)
  return found
}
const metrics = async (): Promise<string> => (await ask(`${running.http}/metrics`)).text
const ready = async (): Promise<string> => {
  const { status, text } = await ask(`${running.http}/readyz`)
  return `${status} ${text}`
}

t.test('a letter that waits for its scan: whose, since when, for which file; until it comes', async (t) => {
  t.equal(await list('list', '--waiting'), 'nothing waits for a file\n')
  drop('letters.csv', row('ชม 0017.1/492', 'scan.pdf;map.pdf'))
  const waits = /^csv-50 {2}letters\.csv {2}waits since (20\d\d-\S+ \S+) for scan\.pdf, map\.pdf\n$/
  const first = await eventually(() => list('list', '--waiting'), waits)
  t.match(await metrics(), 'saraban_sources_waiting{system="csv-50"} 1')
  const unknown = await messages('show', 'ชม 0017.1/492')
  t.match(unknown.err, /^1 of what systems handed over waits for files: saraban messages list --waiting\n/)
  const [json] = JSON.parse(await list('list', '--waiting', '--json'))
  t.match(json, { system: 'csv-50', name: 'letters.csv', missing: ['scan.pdf', 'map.pdf'] })
  drop('map.pdf', '%PDF-1.4 map')
  await eventually(() => list('list', '--waiting'), /\(1 of them not there yet\)/)

  await running.stop()
  t.match(await list('list', '--waiting'), /scan\.pdf.*\nthe gateway is not running/)
  running = await installation.start()
  const again = await eventually(() => list('list', '--waiting'), /scan\.pdf/)
  t.equal(/since (\S+ \S+)/.exec(again)?.[1], /since (\S+ \S+)/.exec(first)?.[1], 'it waits since then')
  drop('scan.pdf', '%PDF-1.4 scan')
  await eventually(() => list('list', '--waiting'), /^nothing waits for a file\n$/)
  await eventually(() => list('show', 'ชม 0017.1/492'), /ที่ +ชม 0017\.1\/492/)
  t.notMatch(await metrics(), 'saraban_sources_waiting{')
  const logged = installation.log.join('')
  t.notMatch(logged, 'scan.pdf', 'the log has no name of a file')
})

t.test('an unplugged folder stands in the way as long as it lasts, and of its system alone', async (t) => {
  t.equal(await ready(), '200 {"status":"ready","obstacles":[]}')
  renameSync(send, join(folder, 'away'))
  const told = await eventually(ready, /csv-50/)
  t.match(told, /^200 .*"csv-50: nothing comes from it \(send\) since 20\d\d-/, 'the others go on')
  t.notMatch(told, folder, 'no place is told to the network')
  t.match(await metrics(), 'saraban_unreadable{system="csv-50",place="send"} 1')
  const stuck = await list('list', '--stuck')
  t.match(stuck, /^csv-50: its folder of send \S*send cannot be read since 20\d\d-\S+ \S+ \(ENOENT\)\n/)
  const beside = await messages('list', '--stuck', '--json')
  t.ok(Array.isArray(JSON.parse(beside.out)))
  t.match(beside.err, 'csv-50: its folder of send')
  writeFileSync(send, 'a file')
  await eventually(
    () => list('list', '--stuck'),
    /\(ENOTDIR: something that is no folder stands in its place\)/,
  )
  rmSync(send)
  renameSync(join(folder, 'away'), send)
  await eventually(ready, /^200 \{"status":"ready","obstacles":\[\]\}$/)
  t.notMatch(await metrics(), 'saraban_unreadable{')
  t.notMatch(await list('list', '--stuck'), 'csv-50: its folder')
})
