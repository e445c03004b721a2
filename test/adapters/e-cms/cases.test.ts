// Every case file: what a client sends, what it gets, what the gateway keeps. One file for each defect of domain §3 and §4.
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { play, readCase } from './case.ts'

const folder = fileURLToPath(new URL('./cases/', import.meta.url))
const names = readdirSync(folder).filter((name) => name.endsWith('.txt'))

t.ok(names.length > 80, 'the cases are there')

for (const name of names) {
  const each = readCase(folder + name)
  t.test(`${name}: ${each.title}`, async (t) => {
    t.equal(await play(each), each.expected)
  })
}
