// A gateway between a province and a ministry over a real journal, and the commands of an operator beside it.
import { readFileSync } from 'node:fs'
import { run } from '../../src/cli/program.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { type FolderLock, lockFolder } from '../../src/gateway/lock.ts'
import type { Letter } from '../../src/letter/letter.ts'
import type { NoticeKind } from '../../src/letter/notice.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { type Clock, type MessageId, systemRandom } from '../../src/letter/time.ts'
import {
  chiangMai,
  HandClock,
  letterItem,
  moi,
  openGateway,
  plainLetter,
  rest,
  ScriptedAdapter,
  scratch,
  source,
  systemOf,
  type TestTrust,
} from '../gateway/harness.ts'
import { besideIt } from '../gateway/store-settings.ts'
import { mustBe } from '../letter/arbitrary.ts'

type Test = Parameters<typeof scratch>[0]

/** What a command of an operator said. */
export interface Said {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** `saraban …words` at a clock. */
export const saraban = (clock: Clock, ...words: string[]): Promise<Said> => sarabanIn({}, clock, ...words)

/** The same in an environment. */
export async function sarabanIn(
  environment: Readonly<Record<string, string>>,
  clock: Clock,
  ...words: string[]
): Promise<Said> {
  let [out, err] = ['', '']
  const code = await run(words, {
    write: (text) => {
      out += text
    },
    complain: (text) => {
      err += text
    },
    environment,
    clock,
    random: systemRandom,
    untilEnded: () => Promise.resolve(),
  })
  return { code, out, err }
}

/** The words of every `saraban NOUN …` that docs/operate.md has a person type. */
export function commandsOfPage(noun: string): readonly (readonly string[])[] {
  const page = readFileSync('docs/operate.md', 'utf8')
  const typed = page.matchAll(new RegExp(`^\\$ saraban ${noun} ([^#\\n]*?)\\s*(?:#.*)?$`, 'gm'))
  return [...typed].map(([, words = '']) =>
    [...words.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''),
  )
}

interface Options {
  /** The ministry fetches what is for it. */
  readonly polls?: boolean
  /** Further offices. */
  readonly others?: readonly ScriptedAdapter[]
}

/** A gateway between a province and a ministry that answer as they are told, with the lock of a running one. */
export async function open(t: Test, trust: TestTrust, { polls = false, others = [] }: Options = {}) {
  const folder = scratch(t)
  const clock = new HandClock()
  const province = new ScriptedAdapter(chiangMai)
  const ministry = new ScriptedAdapter(moi, { polls })
  const gateway = await openGateway(folder, trust, [province, ministry, ...others], clock)
  await gateway.dispatch.start()
  t.after(() => gateway.close())
  let lock: FolderLock | undefined = mustBe(lockFolder(folder))
  const letGo = () => {
    lock?.release()
    lock = undefined
  }
  t.after(letGo)
  const { words: place, environment } = await besideIt(folder)
  let running = 0
  const offer = async (name: string) => {
    const system = systemOf(province)
    return take(gateway.desk, system, source(name), (each) => province.read(each))
  }
  return {
    folder,
    clock,
    province,
    ministry,
    gateway,
    /** How a command is told where it stands. */
    place,
    environment,
    /** The lock goes with the process that held it; where several share a journal, its beats end too. */
    async die(): Promise<void> {
      letGo()
      await gateway.desk.database.write((transaction) => transaction.run('UPDATE beats SET seen_at = 0'))
    },
    /** The province hands over what its adapter reads. */
    offer,
    /** An office says something of a letter. */
    async say(by: ScriptedAdapter, kind: NoticeKind, messageId: MessageId): Promise<void> {
      const draft = { kind, about: { messageId }, ...(kind === 'accept' && { receiveNumber: '77/2569' }) }
      by.items = [{ kind: 'notice', position: 'notice', draft }]
      const given = source(`${kind} ${messageId}`)
      const [taken] = await take(gateway.desk, systemOf(by), given, (each) => by.read(each))
      if (taken?.kind !== 'taken') throw new Error(`not taken: ${JSON.stringify(taken)}`)
      await rest()
    },
    /** The province sends a letter under the next number. */
    async send(changes: Partial<Letter> = {}): Promise<MessageId> {
      running += 1
      const number = mustBe(readLetterNumber(`ชม 0017.1/${running}`)).number
      province.items = [letterItem(plainLetter({ number, ...changes }))]
      const [taken] = await offer(`${running}`)
      if (taken?.kind !== 'taken') throw new Error(`not taken: ${JSON.stringify(taken)}`)
      await rest()
      return taken.messageId
    },
    saraban: (...words: string[]) => sarabanIn(environment, clock, 'messages', ...words, ...place),
  }
}
