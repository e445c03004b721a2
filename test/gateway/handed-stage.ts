// One letter each way between a system and another office, through a whole gateway, and what the operator is shown of the
// bytes: the same for every transport, whose tests say only how its system hands over, and what it was given.
import type { Test } from 'tap'
import { run } from '../../src/cli/program.ts'
import type { OfficeId } from '../../src/letter/offices.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'
import { office } from '../letter/arbitrary.ts'
import { scratch, soon } from './harness.ts'
import {
  bearer,
  type Installation,
  jsonLetter,
  jsonProfile,
  keyOf,
  makeInstallation,
  post,
} from './installation.ts'
import { besideIt } from './store-settings.ts'

export interface Piece {
  readonly kind: 'source' | 'document' | 'answer'
  readonly bytes: Buffer
}

/** What the operator is shown of a letter, as JSON; files are told by their digests only, and left out. */
export async function piecesOf(installation: Installation, id: string): Promise<readonly Piece[]> {
  const [story] = (await messages(installation, 'show', id, '--bytes')) as {
    bytes: { kind: Piece['kind'] | 'file'; base64?: string }[]
  }[]
  return (story?.bytes ?? []).flatMap(({ kind, base64 }) =>
    kind === 'file' ? [] : [{ kind, bytes: Buffer.from(base64 ?? '', 'base64') }],
  )
}

async function messages(installation: Installation, ...asked: readonly string[]): Promise<unknown> {
  let [out, err] = ['', '']
  const { words: place, environment } = await besideIt(installation.folder, installation.settings.data)
  const words = ['messages', ...asked, '--json', ...place]
  const code = await run(words, {
    write: (text) => {
      out += text
    },
    complain: (text) => {
      err += text
    },
    environment,
    clock: systemClock,
    random: systemRandom,
    untilEnded: async () => undefined,
  })
  if (code !== 0) throw new Error(err)
  return JSON.parse(out)
}

/** A system with a real server, as a test of its transport sees it. */
export interface Handing {
  readonly office: OfficeId
  readonly profile: object | string
  readonly environment?: Readonly<Record<string, string>>
  /** Its letter to Chiang Rai, as its people hand it over. */
  readonly letter: { readonly number: string; readonly date: string; hand(): unknown }
  /** Whether these are the very bytes that it handed over. */
  came(t: Test, bytes: Buffer): unknown
  /** Whether these are the very bytes of the letter, or of the notice, that the system has; of nothing: whether it has one. */
  went(content: 'letter' | 'notice', bytes: Buffer | undefined): boolean | Promise<boolean>
}

/** A letter comes from the system, its notice goes back, and a letter goes to it: all their bytes are shown. */
export async function exchange(t: Test, system: Handing): Promise<void> {
  const other = '57'
  const installation = await makeInstallation(scratch(t), [system.office, office(other)], {
    [`${other}.yaml`]: jsonProfile(other),
  })
  installation.profile('system.yaml', system.profile)
  const gateway = await installation.start({ environment: system.environment ?? {} })
  t.teardown(() => gateway.stop())
  const said = (what: string, document: object) =>
    post(`${gateway.http}/v1/systems/${other}/${what}`, document, bearer(keyOf(other)))
  const documents = async (id: string) =>
    (await piecesOf(installation, id)).filter(({ kind }) => kind === 'document').map(({ bytes }) => bytes)

  const { number, date, hand } = system.letter
  await hand()
  let found: readonly { messageId: string }[] = []
  await soon(async () => {
    found = (await messages(installation, 'list', '--from', system.office)) as typeof found
    return found.length > 0
  })
  const came = found[0]?.messageId
  if (came === undefined) throw new Error(`it never came: ${installation.log.join('')}`)
  const [source] = await piecesOf(installation, came)
  t.equal(source?.kind, 'source', installation.log.join(''))
  await system.came(t, source?.bytes ?? Buffer.alloc(0))

  const accept = { kind: 'accept', receiveNumber: '77/2569', about: { number, date } }
  const told = await said('notices', accept)
  t.ok(told.status < 300, told.text)
  await soon(async () => (await documents(came)).length > 0 && (await system.went('notice', undefined)))
  const notices = await documents(came)
  t.equal(notices.length, 1, installation.log.join(''))
  t.ok(await system.went('notice', notices[0]), `the notice is what was recorded: ${notices[0]}`)

  const sent = await said('letters', jsonLetter(other, 1, { to: system.office }))
  t.equal(sent.status, 201, sent.text)
  const { messageId } = JSON.parse(sent.text) as { messageId: string }
  await soon(async () => (await documents(messageId)).length > 0 && (await system.went('letter', undefined)))
  const letters = await documents(messageId)
  t.equal(letters.length, 1, installation.log.join(''))
  t.ok(await system.went('letter', letters[0]), `the letter is what was recorded: ${letters[0]}`)
}
