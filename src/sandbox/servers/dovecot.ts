// A Dovecot of its own: IMAP over TLS on a free port, mail in maildirs of a temporary folder, gone afterwards.
import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fchownSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { type Environment, installed, programAt } from './install.ts'
import { freePort } from './port.ts'
import type { ServerTls } from './tls.ts'

export interface Dovecot {
  readonly port: number
  /** Another user, from now on. */
  add(user: string, password: string): void
  /** Puts a mail into a user's mailbox, synced, as a mail server's delivery does (maildir: tmp, then new). */
  deliver(user: string, mailbox: string, mail: Buffer): void
  /** Lets a mailbox take nothing any more, as a full disk does, or take again. */
  full(user: string, mailbox: string, full: boolean): void
  /** Throws all mail away under new UIDs, as a mailbox that was restored from a copy has. */
  renumber(user: string): void
  stop(): Promise<void>
}

const find = (environment: Environment): string | undefined =>
  programAt(environment, 'dovecot', ['/usr/sbin', '/usr/local/sbin'])

/** Why there is no Dovecot to test with; undefined when there is one. */
export const noDovecot = (environment: Environment): string | undefined =>
  find(environment) === undefined &&
  !(installed(environment, 'dovecot-imapd') && find(environment) !== undefined)
    ? 'Dovecot is not there: apt-get install dovecot-imapd'
    : undefined

/** Starts one for users with these passwords. */
export async function startDovecot(
  environment: Environment,
  passwords: Readonly<Record<string, string>>,
  tls: ServerTls,
): Promise<Dovecot> {
  const program = find(environment)
  if (program === undefined) throw new Error('there is no Dovecot')
  const folder = mkdtempSync(join(tmpdir(), 'dovecot-'))
  chmodSync(folder, 0o755)
  const [me, root] = [userInfo().username, userInfo().uid === 0]
  // Dovecot gives no mail to root.
  const owner = root ? 'nobody' : me
  const numberOf = (flag: '-u' | '-g'): number =>
    Number(execFileSync('id', [flag, owner], { encoding: 'utf8' }))
  const [uid, gid] = [numberOf('-u'), numberOf('-g')]
  const port = await freePort()
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o644 })
    return join(folder, name)
  }
  mkdirSync(join(folder, 'mail'))
  if (root) chownSync(join(folder, 'mail'), uid, gid)
  const users = new Map(Object.entries(passwords))
  const writeUsers = (): string =>
    file('users', [...users].map(([user, password]) => `${user}:{PLAIN}${password}\n`).join(''))
  const maildir = (user: string, mailbox: string): string => {
    const home = join(folder, 'mail', user)
    const place = mailbox === 'INBOX' ? home : join(home, `.${mailbox}`)
    for (const path of [home, place, ...['tmp', 'new', 'cur'].map((name) => join(place, name))]) {
      if (existsSync(path)) continue
      mkdirSync(path, { mode: 0o700 })
      if (root) chownSync(path, uid, gid)
    }
    return place
  }
  let delivered = 0
  const settings = `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <${file('cert.pem', tls.certificate)}
ssl_key = <${file('key.pem', tls.key)}
mail_location = maildir:${folder}/mail/%u
first_valid_uid = 1
${root ? '' : `default_internal_user = ${me}\ndefault_login_user = ${me}\ndefault_internal_group = ${execFileSync('id', ['-gn']).toString().trim()}`}
passdb {
  driver = passwd-file
  args = ${writeUsers()}
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${folder}/mail/%u
}
service imap-login {
  chroot =
  service_count = 0
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = ${port}
    ssl = yes
  }
}
service anvil {
  chroot =
}
`
  const child = spawn(program, ['-F', '-c', file('dovecot.conf', settings)], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await listening(port, () => readLog(folder))
  return {
    port,
    add: (user, password) => {
      users.set(user, password)
      writeUsers()
    },
    deliver: (user, mailbox, mail) => {
      delivered += 1
      const name = `${Date.now()}.M${delivered}P${process.pid}.sandbox`
      const home = maildir(user, mailbox)
      const begun = openSync(join(home, 'tmp', name), 'wx', 0o600)
      try {
        writeFileSync(begun, mail)
        if (root) fchownSync(begun, uid, gid)
        fsyncSync(begun)
      } finally {
        closeSync(begun)
      }
      renameSync(join(home, 'tmp', name), join(home, 'new', name))
    },
    full: (user, mailbox, full) => {
      for (const name of ['tmp', 'new', 'cur'])
        chmodSync(join(folder, 'mail', user, `.${mailbox}`, name), full ? 0o500 : 0o700)
    },
    renumber: (user) => {
      for (const name of [
        'dovecot-uidlist',
        'dovecot.index',
        'dovecot.index.log',
        'dovecot.index.cache',
        'dovecot-uidvalidity',
      ])
        rmSync(join(folder, 'mail', user, name), { force: true })
    },
    stop: async () => {
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const readLog = (folder: string): string =>
  existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8') : ''

/** Resolves when somebody listens. A program that starts says so in no other way. */
async function listening(port: number, log: () => string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const there = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
    if (there) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`Dovecot does not listen:\n${log()}`)
}
