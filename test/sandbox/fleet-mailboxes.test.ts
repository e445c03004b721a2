// The offices that have a mailbox and nothing else, each with its profile through a real gateway and real mail servers.
import { setTimeout as pause } from 'node:timers/promises'
import { createTransport } from 'nodemailer'
import t from 'tap'
import { members } from '../../src/sandbox/fleet/mailboxes/members.ts'
import { exchange, noneTwice, same } from './fleet-exchange.ts'

const { stage, exchanges } = await exchange(members, {}, (t, exchanged) => noneTwice(t, exchanged))

t.test('a clerk who forgets a line is told so, and nothing is registered', async (t) => {
  const [exchange] = exchanges.filter(({ member }) => member.profile === 'sa-kaeo-mailbox')
  if (exchange === undefined) throw new Error('no such member')
  const { office } = exchange.member
  const [letter] = exchange.letters
  if (letter === undefined) throw new Error('no letter')
  await exchange.system.send({ ...letter, number: 'สก 0017.1/999', date: '31 กุมภาพันธ์ 2551' })
  const told = await stage.book(office, ({ entry }) => entry === 'letter.refused')
  t.match(told, { said: /31 กุมภาพันธ์ 2551/ })
  const registered = stage.inbox.entries.filter(
    (entry) => entry.entry === 'letter.registered' && same(entry.number, 'สก 0017.1/999'),
  )
  t.same(registered, [])
})

t.test('a mail from outside under the address of an office is not believed, and not answered', async (t) => {
  const [hosted] = stage.members.filter(({ member }) => member.profile === 'sa-kaeo-mailbox')
  const said = (name: string): string => hosted?.environment[`SARABAN_27_${name}`] ?? ''
  const outside = createTransport({
    host: said('SMTP'),
    port: Number(said('SMTP_PORT')),
    requireTLS: true,
    tls: { ca: said('AUTHORITY') },
  })
  await outside.sendMail({
    from: said('OFFICE_ADDRESS'),
    to: said('ADDRESS'),
    subject: 'หนังสือ สก 0017.1/666 เรื่อง ปลอม',
    text: 'ที่: สก 0017.1/666\nลงวันที่: 15 พ.ย. 2551\nเรื่อง: ปลอม\nถึง: มท\n',
    headers: { 'Authentication-Results': `${said('AUTHENTICATOR')}; dkim=pass header.d=moi.go.th` },
  })
  const logged = (): boolean => stage.log().includes('mail.sender.unproved')
  while (!logged()) await pause(100)
  t.notOk(
    stage.inbox.entries.some(
      (entry) => entry.entry === 'letter.registered' && same(entry.number, 'สก 0017.1/666'),
    ),
  )
})
