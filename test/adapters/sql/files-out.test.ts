// What is held against the size of one statement before anything is written.
import t from 'tap'
import type { WrittenFile } from '../../../src/adapters/contract.ts'
import type { Written } from '../../../src/adapters/formats/format.ts'
import { bringFiles } from '../../../src/adapters/transports/sql/files-out.ts'
import { parcelOf } from '../stage.ts'
import { letterWith } from './stage.ts'

const file = (name: string, size: number): WrittenFile => ({
  ...{ name, mediaType: 'application/pdf', sha256: name.repeat(64) },
  content: { kind: 'attachment', size },
})

t.test('the files of one row go into one statement, those of a list into one each', async (t) => {
  const opened: string[] = []
  const parcel = parcelOf({ letter: letterWith() }, 'd-1', '64')
  const bring = (files: readonly WrittenFile[], largest: number) =>
    bringFiles(
      {
        ...parcel,
        open: (sha256) => {
          opened.push(sha256)
          return parcel.open(sha256)
        },
      },
      { files } as unknown as Written,
      {
        charset: 'utf-8',
        row: { one: 'a', two: 'b' },
        lists: {
          scans: {
            columns: ['seq', 'data'],
            rows: [
              ['1', 'c'],
              ['2', 'd'],
            ],
          },
        },
      },
      ['one', 'two', 'scans.data'].map((at) => ({ at, ending: 'pdf', prefix: '' })),
      { limit: 10, largest },
    )
  const all = ['a', 'b', 'c', 'd'].map((name) => file(name, 8))
  t.match(await bring(all, 15), {
    ok: false,
    problems: [{ code: 'adapter.sql.file-large', value: 'a, b', details: { size: 16, limit: 15 } }],
  })
  const brought = await bring(all, 16)
  t.same(brought.ok && [...brought.value.keys()], ['a', 'b', 'c', 'd'])
  t.same(opened, [], 'nothing is read before its row is written')
  t.match(await bring([file('c', 11)], 16), { problems: [{ value: 'c', details: { size: 11, limit: 10 } }] })
})
