// What a profile asks of a text in which a file stands: its rules, columns that come apart, separators, the cell in a fault.
import assert from 'node:assert/strict'
import t from 'tap'
import { agree, bothOf, cells, columns, fields, json, large, outside, plain } from './aside-stage.ts'

t.test('a rule of the profile that goes by what stands in a file sees the file', async (t) => {
  const rule = { skip: [{ column: 'data', begins: [large.slice(0, 8)] }] }
  const both = bothOf(plain, fields(), rule)
  t.same(await agree(...both, json(large)), [], 'no letter, as the rule says')
  t.match(await agree(...both, json(`QUJD${large}`)), [{ kind: 'letter' }])
  const further = bothOf(plain, fields(), { continues: { when: 'no', join: { data: '' } } })
  const rows = [
    { ...cells, data: large },
    { no: '', date: '', subject: '', to: '', name: '', data: large },
  ]
  const [item, ...none] = await agree(...further, Buffer.from(JSON.stringify(rows)))
  t.same(none, [])
  assert(item?.kind === 'letter')
  const content = item.attachments[0]?.content
  assert(content?.kind === 'bytes')
  t.equal(content.bytes.toString('base64'), Buffer.from(`${large}${large}`, 'base64').toString('base64'))
})

t.test('a column that comes apart is looked at as it stands', async (t) => {
  const split = { split: { file: '{name} {data}' } }
  const both = bothOf(
    { kind: 'json-records', columns: ['no', 'date', 'subject', 'to', 'file'] },
    fields(),
    split,
  )
  const read = (text: string) =>
    agree(...both, Buffer.from(JSON.stringify({ ...cells, name: undefined, file: text })))
  t.match(await read(`ก.pdf ${large}`), [{ kind: 'letter', attachments: [{ name: 'ก.pdf' }] }])
  // `yyyy` and the file are one run of base64: with a token for both there would be one way to take the column apart.
  t.match(await read(`ก yyyy ${large}`), [
    { kind: 'fault', problems: [{ code: 'adapter.field.template-ambiguous' }] },
  ])
})

t.test('base64 never stands between two of base64', async (t) => {
  for (const separator of ['/', 'A', '+', '=', ' ', 'aa']) {
    const listed = columns.map((at) => (at === 'data' ? { at, separator } : at))
    for (const both of [
      bothOf({ ...plain, columns: listed }),
      bothOf(plain, fields({ separator })),
      bothOf({ ...plain, columns: listed }, fields({ separator })),
    ]) {
      await agree(...both, json(large))
      await agree(...both, json(`${large}${separator}${large}`, { name: `ก.pdf${separator}ข.pdf` }))
      await agree(...both, Buffer.from(JSON.stringify({ ...cells, data: [large, large] })))
    }
  }
  t.same(outside().aside, 0)
})

t.test('a fault that is found after the file was asked for shows the cell that came', async (t) => {
  const both = bothOf(plain, fields({ first: 'enclosure' }), { main: 'required' })
  const [item] = await agree(...both, json(large))
  assert(item?.kind === 'fault')
  t.equal(item.problems[0].code, 'adapter.letter.main-missing')
  t.equal(item.understood?.cells?.['data'], large)
})
