// The members that speak the national exchange, clients that poll it and servers that it calls, and the one that seals envelopes
// itself, each with its profile through a real gateway.
import { members as eCms } from '../../src/sandbox/fleet/e-cms/e-cms.ts'
import { ranong } from '../../src/sandbox/fleet/self-built/ranong.ts'
import type { BookEntry, Scan } from '../../src/sandbox/systems/system.ts'
import { exchange, same } from './fleet-exchange.ts'
import { digestOf } from './fleet-stage.ts'

/** ทดสอบส่งหนังสือ in TIS-620, within messages that are something else (domain §4). */
const thaiText: Scan = {
  name: 'หมายเหตุ.txt',
  mediaType: 'text/plain',
  bytes: Buffer.from('t7TKzbrK6KfLudGnytfN', 'base64'),
}
const said = {
  subject: 'การเชื่อมโยงระบบ (R&D) ระยะที่ 2 & แผนงาน',
  answer: 'ตอบข้อหารือ & แจ้งผล <ด่วน>',
  last: () => thaiText,
  besides: [thaiText],
}

await exchange([...eCms, ranong], said, (t, { system, received }) => {
  const ofKind = (kind: BookEntry['entry']) => system.entries.filter(({ entry }) => entry === kind)
  t.equal(ofKind('letter.received').length, 2, 'each is registered once')
  t.equal(ofKind('letter.refused').length, 0)
  for (const { number, scans } of received)
    for (const came of system.entries)
      if (came.entry === 'letter.received' && same(came.number, number))
        t.same(came.files, scans.map(digestOf), 'these files, in this order, and no other')
})
