// A store that has lost a byte of a scan, or has one too many: no form that holds files writes such a letter.
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import t from 'tap'
import { attachmentBytes } from '../../src/adapters/formats/attachment-bytes.ts'
import { fixedLetter } from '../letter/arbitrary.ts'
import { parcelOf } from './stage.ts'

t.test(
  'the bytes of an attachment are those that the envelope says, however they come, or none',
  async (t) => {
    const outgoing = (...pieces: string[]) => ({
      ...parcelOf({ letter: fixedLetter() }, 'p-1', '50'),
      open: () => Readable.from(pieces.map((each) => Buffer.from(each))),
    })
    const sha256 = createHash('sha256').update('abc').digest('hex')
    const read = (...pieces: string[]) => attachmentBytes(outgoing(...pieces), sha256, 3)
    t.equal((await read('abc')).toString(), 'abc')
    t.equal((await read('a', '', 'bc')).toString(), 'abc')
    await t.rejects(read('ab'), { message: /fewer bytes/ })
    await t.rejects(read(), { message: /fewer bytes/ })
    await t.rejects(read('abc', 'd'), { message: /more bytes/ })
  },
)
