// An IMAP server that does what others than Dovecot do: it holds its mails in memory, and is as it is told to be.
import { type AddressInfo, createServer, type Socket } from 'node:net'

export interface HeldMail {
  readonly uid: number
  /** Its bytes, as latin1. */
  readonly text: string
  readonly flags: Set<string>
}

export interface ImapServerOptions {
  readonly mails: readonly string[]
  /** The mailboxes beside INBOX. */
  readonly mailboxes?: readonly string[]
  /** What CREATE says of a mailbox that is there, and with `makes: false` of every one. */
  readonly exists?: string
  readonly makes?: boolean
  /** As `PERMANENTFLAGS` says them; absent: it says nothing of them. */
  readonly permanent?: string
  readonly readOnly?: boolean
  /** False: it says OK to STORE and keeps nothing. */
  readonly keeps?: boolean
  /** It hangs up within the mails with these UIDs. */
  readonly cutsAt?: readonly number[]
  /** It sends the whole of a mail where a piece was asked for. */
  readonly whole?: boolean
}

export interface ImapServer {
  readonly port: number
  /** What lies in INBOX. */
  readonly mails: HeldMail[]
  /** What was moved, by mailbox. */
  readonly moved: Map<string, HeldMail[]>
  add(text: string): void
  stop(): void
}

interface Said {
  readonly lines: string
  readonly end: string
}

const ok = (lines = '', end = 'OK done'): Said => ({ lines, end })

/** Starts one; UIDs are 1, 2, 3 … */
export async function startImap(options: ImapServerOptions): Promise<ImapServer> {
  let last = 0
  const held = (text: string): HeldMail => {
    last += 1
    return { uid: last, text: Buffer.from(text).toString('latin1'), flags: new Set() }
  }
  const mails = options.mails.map(held)
  const moved = new Map<string, HeldMail[]>()
  const mailboxes = new Set(['INBOX', ...(options.mailboxes ?? [])])
  const said = (socket: Socket, command: string): Said => {
    const upper = command.toUpperCase()
    const word = (at: number): string => command.split(' ')[at]?.replaceAll('"', '') ?? ''
    if (upper.startsWith('CAPABILITY')) return ok('* CAPABILITY IMAP4rev1 MOVE UIDPLUS\r\n')
    if (upper.startsWith('LIST')) {
      const asked = word(2)
      const named = [...mailboxes].filter((name) => asked === '*' || asked === name)
      return ok(named.map((name) => `* LIST () "/" ${name}\r\n`).join(''))
    }
    if (upper.startsWith('STATUS')) return mailboxes.has(word(1)) ? ok() : ok('', 'NO no such mailbox')
    if (upper.startsWith('CREATE')) {
      if (options.makes === false || mailboxes.has(word(1)))
        return ok('', options.exists ?? 'NO Mailbox already exists.')
      mailboxes.add(word(1))
      return ok()
    }
    if (upper.startsWith('SELECT')) {
      const { permanent } = options
      const flags = permanent === undefined ? '' : `* OK [PERMANENTFLAGS (${permanent})] kept\r\n`
      const lines = `* ${mails.length} EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n${flags}`
      return ok(lines, options.readOnly === true ? 'OK [READ-ONLY] opened' : 'OK opened')
    }
    if (upper.startsWith('UID SEARCH')) {
      const keyword = /UNKEYWORD (\S+)/.exec(command)?.[1]
      const found = mails.filter(({ flags }) => keyword === undefined || !flags.has(keyword))
      return ok(`* SEARCH ${found.map(({ uid }) => uid).join(' ')}\r\n`)
    }
    const mail = mails.find(({ uid }) => uid === Number(word(2)))
    if (mail === undefined) return ok()
    const { uid, text, flags } = mail
    const place = mails.indexOf(mail)
    const literal = (name: string, content: string): Said =>
      ok(`* ${place + 1} FETCH (UID ${uid} FLAGS () ${name} {${content.length}}\r\n${content})\r\n`)
    if (upper.startsWith('UID FETCH')) {
      const piece = /BODY\.PEEK\[\]<(\d+)\.(\d+)>/.exec(command)
      if (piece === null) return ok(`* ${place + 1} FETCH (UID ${uid} RFC822.SIZE ${text.length})\r\n`)
      if (options.cutsAt?.includes(uid)) {
        socket.destroy()
        return ok()
      }
      if (options.whole === true) return literal('BODY[]', text)
      const from = Number(piece[1])
      return literal(`BODY[]<${from}>`, text.slice(from, from + Number(piece[2])))
    }
    if (upper.startsWith('UID STORE') && options.keeps !== false)
      for (const [flag] of command.slice(command.indexOf('(')).matchAll(/[^() ]+/g)) flags.add(flag)
    if (upper.startsWith('UID MOVE')) {
      moved.set(word(3), [...(moved.get(word(3)) ?? []), mail])
      mails.splice(place, 1)
    }
    return ok()
  }
  const server = createServer((socket) => {
    let rest = ''
    socket.on('error', () => undefined)
    socket.write('* OK [CAPABILITY IMAP4rev1 MOVE UIDPLUS] ready\r\n')
    socket.on('data', (chunk) => {
      const lines = (rest + chunk.toString('latin1')).split('\r\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const tag = line.slice(0, line.indexOf(' '))
        const answer = said(socket, line.slice(tag.length + 1))
        socket.write(`${answer.lines}${tag} ${answer.end}\r\n`, 'latin1')
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return {
    port: (server.address() as AddressInfo).port,
    mails,
    moved,
    add: (text) => mails.push(held(text)),
    stop: () => server.close(),
  }
}
