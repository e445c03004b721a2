// A gateway with an open API and people who may ask it, for the tests of the API.
import { newId } from '../../src/gateway/desk.ts'
import type { Database } from '../../src/gateway/journal/database.ts'
import { quarantine } from '../../src/gateway/journal/quarantine.ts'
import { keepSource } from '../../src/gateway/journal/sources.ts'
import { readApiSection } from '../../src/gateway/settings/api.ts'
import { systemClock } from '../../src/letter/time.ts'
import { type Problem, problem } from '../../src/problem/problem.ts'
import { office } from '../letter/arbitrary.ts'
import {
  type Answer,
  asJson,
  ask,
  bearer,
  filesOf,
  type Installation,
  inboxProfile,
  jsonLetter,
  jsonProfile,
  keyOf,
  makeInstallation,
  post,
  sha256,
} from './installation.ts'

/** Who asks in the tests; the key of each is its name. */
export const people = {
  'system-50': { role: 'system', offices: ['50'] },
  'system-57': { role: 'system', offices: ['57'] },
  operator: { role: 'operator', offices: 'all' },
  'operator-50': { role: 'operator', offices: ['50'] },
  'registrar-50': { role: 'registrar', offices: ['50'] },
  'registrar-50-secret': { role: 'registrar', offices: ['50'], secret: true },
  'registrar-57': { role: 'registrar', offices: ['57'] },
  auditor: { role: 'auditor', offices: 'all', secret: true },
  'auditor-plain': { role: 'auditor', offices: 'all' },
  tester: { role: 'tester', offices: 'all' },
} as const satisfies Record<string, object>

export type Who = keyof typeof people

export const apiSection = () => ({
  testing: true,
  grants: Object.entries(people).map(([name, grant]) => ({
    name,
    ...grant,
    sha256: [sha256(`api-key-of-${name}`)],
  })),
})

/** An installation of three provinces and the ministry, all of them polling; its API is open to `people`. */
export async function apiInstallation(folder: string): Promise<Installation> {
  const made = await makeInstallation(folder, ['50', '57', '58', 'moi'].map(office), {
    'json-50.yaml': jsonProfile('50'),
    'json-57.yaml': jsonProfile('57'),
    'json-58.yaml': jsonProfile('58'),
    'moi.yaml': inboxProfile(),
  })
  const problems: Problem[] = []
  const section = apiSection()
  const byCertificate = {
    ...{ name: 'by certificate', role: 'auditor', offices: ['57'] },
    certificate: filesOf(made.settings.trust, '57').certificate,
  }
  const grants = [...section.grants, byCertificate]
  const api = readApiSection({ ...section, grants }, folder, problems, () => {
    throw new Error('no file is named')
  })
  if (problems.length > 0) throw new Error(JSON.stringify(problems))
  return { ...made, start: (changes) => made.start({ settings: { ...made.settings, api }, ...changes }) }
}

export interface Asked extends Answer {
  readonly body: {
    readonly items: readonly Record<string, never>[]
    readonly next?: string
    readonly problems: readonly { readonly code: string; readonly path: string }[]
    readonly [name: string]: unknown
  }
}

/** Asks the API at `http` as somebody. */
export function asking(http: string) {
  const told = (answer: Answer): Asked => ({
    ...answer,
    body: answer.headers['content-type']?.includes('json') === true ? JSON.parse(answer.text) : {},
  })
  const key = (who: Who) => bearer(`api-key-of-${who}`)
  return {
    get: async (who: Who, path: string, query: Record<string, string> = {}): Promise<Asked> => {
      const search = new URLSearchParams(query).toString()
      return told(await ask(`${http}${path}${search === '' ? '' : `?${search}`}`, { headers: key(who) }))
    },
    act: async (who: Who, path: string, body: object): Promise<Asked> =>
      told(
        await ask(`${http}${path}`, {
          method: 'POST',
          headers: { ...key(who), ...asJson },
          body: JSON.stringify(body),
        }),
      ),
    /** Hands over a letter as the system of its office does; its message id. */
    send: async (from: string, number: number, changes: object = {}): Promise<string> => {
      const answer = await post(
        `${http}/v1/systems/${from}/letters`,
        jsonLetter(from, number, changes),
        bearer(keyOf(from)),
      )
      if (answer.status !== 201) throw new Error(answer.text)
      return (JSON.parse(answer.text) as { messageId: string }).messageId
    },
  }
}

/** As if the delivery of a letter had been given up. */
export async function giveUp(journal: Database, messageId: string): Promise<void> {
  await journal.write(async (transaction) => {
    await transaction.run(
      `UPDATE deliveries SET state = 'given-up', open = 0 WHERE message_id = ?`,
      messageId,
    )
    await transaction.run(`UPDATE letters SET state = 'given-up' WHERE message_id = ?`, messageId)
  })
}

/** A place in quarantine with a letter of an office that could be taken now. */
export async function quarantined(
  journal: Database,
  office: string,
  number: number,
  changes: object,
  secrecy: string | undefined,
): Promise<string> {
  const bytes = Buffer.from(JSON.stringify(jsonLetter(office, number, changes)))
  const at = systemClock.now()
  const id = newId()
  await journal.write(async (transaction) => {
    const source = {
      id: newId(),
      system: `json-${office}`,
      document: 'letter',
      name: `ลับเฉพาะ-${number}.json`,
    }
    const whole = { ...source, sha256: sha256(bytes), size: bytes.length, bytes, receivedAt: at, beside: '' }
    const sourceId = await keepSource(transaction, whole)
    const problems = [problem('letter.field.long', 'subject', 'ลับเฉพาะ', { length: 2000, limit: 1000 })]
    const found = { id, sourceId, position: 'letter', problems, number: undefined, office, handover: null }
    const more = { doubted: false, understood: undefined, secrecy, contentDigest: undefined, unseen: false }
    await quarantine(transaction, { ...found, ...more }, at)
  })
  return id
}
