// The members that speak HTTP, each with its profile through a real gateway; names of scans that an address has to hold.
import { members as ownHttp } from '../../src/sandbox/fleet/own-http/own-http.ts'
import { members as restOffice } from '../../src/sandbox/fleet/rest-office/rest-office.ts'
import { jsonOverHttp } from '../../src/sandbox/fleet/three.ts'
import { exchange, noneTwice, same } from './fleet-exchange.ts'

const said = {
  subject: 'การเชื่อมโยงระบบ "ระยะที่ 2" <ด่วน> & แผนงาน; งบประมาณ',
  scan: 'หนังสือ ที่ 492.pdf',
  picture: 'แผนที่ & 100%.png',
}
const members = [...restOffice, ...ownHttp, jsonOverHttp('a key of Chiang Rai')]

await exchange(members, said, async (t, exchanged, stage) => {
  for (const { number } of exchanged.letters)
    await stage.book(
      exchanged.member.office,
      (entry) => entry.entry === 'letter.sent' && same(entry.number, number),
    )
  noneTwice(t, exchanged, 'letter.refused')
})
