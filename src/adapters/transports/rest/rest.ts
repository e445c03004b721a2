// The transport `rest`: a system's own REST interface. Documents are polled from it (`send`, `sendNotices`) and brought to
// it (`receive`, `notices`) as the profile says; all channels that share it share one sign-in and one pool.
import type { AdapterVerbs } from '../../contract.ts'
import { byteCount, milliseconds } from '../../quantities.ts'
import type { Finding } from '../../schema.ts'
import { tlsFindings } from '../tls.ts'
import { type Channel, channels, transport } from '../transport.ts'
import { originOf } from './addresses.ts'
import { Client } from './client.ts'
import { type Options, restOptions } from './options.ts'
import { restPoll } from './poll.ts'
import { restPush } from './push.ts'
import type { PollSettings } from './settings.ts'
import { signInOf } from './sign-in.ts'
import { unknownPlace } from './template.ts'

export const rest = transport<Options>({
  kind: 'rest',
  about: {
    summary:
      'A system’s own REST interface: documents are polled from it, and brought to it, as the profile says.',
    badDays: [
      [
        'a page with 200 where JSON belongs, a half answer, another shape',
        'nothing is taken and nothing acknowledged',
        'adapter.peer.no-answer',
      ],
      [
        'the sign-in is refused',
        'not now, and not again for 5 minutes, so that the account is not locked',
        'adapter.peer.unready',
      ],
      [
        'a file is refused, gone, too large, another, or its server cannot give it',
        'waited for, while others go on: the next look reads the document anew',
        'adapter.file.missing',
      ],
      ['a place of an address has nothing to stand in it', 'refused', 'adapter.rest.place-empty'],
      [
        'a document, or the head of a queue, is beyond `limit`',
        'in quarantine, kept whole and not read; those behind it go on',
        'adapter.rest.too-large',
      ],
      [
        'a head beyond `attachmentLimit`, or beyond `limit` and without its key',
        'it stays, and all behind it wait: told in quarantine, and as a trouble of the office',
        'adapter.rest.head-stuck',
      ],
      [
        'a list has two different items under one key, and they are the documents',
        'the first goes on, the others are in quarantine, whole; then the key is acknowledged',
        'adapter.rest.key-twice',
      ],
      ['a letter that is not right', 'in quarantine, whole, and `done` with the word `quarantined`'],
      ['a lost answer to `done`', 'it is read again under its key, and known'],
    ],
  },
  options: restOptions,
  required: ['url'],
  channels: ['send', 'sendNotices', 'receive', 'notices'],
  handOver: 'pushes',
  deeper: (options, used) => [
    ...addressFindings(options),
    ...channelFindings(options, used),
    ...placeFindings(options),
  ],
  create: (options, { forms, clock }) => {
    const [fault, ...more] = [...addressFindings(options), ...tlsFindings(options.tls ?? {})]
    if (fault !== undefined) return { ok: false, findings: [fault, ...more] }
    const base = new URL(options.url)
    const client = new Client({
      base,
      signIn: signInOf(options.signIn, base, clock),
      clock,
      ...(options.tls && { tls: options.tls }),
      connect: milliseconds(options.connect),
      within: milliseconds(options.within),
      transfer: milliseconds(options.transfer),
      connections: options.connections,
    })
    const origins = new Set([base, ...options.hosts.map((each) => new URL(each))].map(({ origin }) => origin))
    const common = {
      client,
      base,
      origins,
      limit: byteCount(options.limit),
      attachmentLimit: byteCount(options.attachmentLimit),
    }
    const polls = (['send', 'sendNotices'] as const).flatMap((channel) => {
      const said = options[channel]
      const form = forms[channel]
      if (said === undefined || form === undefined) return []
      // One queue of both: it is looked into once, for the channel that names it first.
      if (channel === 'sendNotices' && options.send?.notices !== undefined) return []
      const settings: PollSettings = { ...common, channel, options: said, form, forms }
      return [restPoll(settings)]
    })
    const pushes = (['receive', 'notices'] as const).some((channel) => forms[channel] !== undefined)
    return {
      ok: true,
      value: {
        doors: [],
        start: async (verbs: AdapterVerbs) => {
          for (const each of polls) await each.start(verbs)
        },
        stop: async () => {
          const stopped = polls.map((each) => each.stop())
          await client.stop()
          await Promise.all(stopped)
        },
        ...(pushes && { deliver: restPush(options, forms, client, base, () => clock.now()) }),
      },
    }
  },
})

/** References are looked at when they are resolved. */
function addressFindings({ url, hosts, plain }: Options): readonly Finding[] {
  const wrong = (text: string, at: Finding['at']): readonly Finding[] => {
    if (typeof text !== 'string') return []
    const origin = originOf(text, plain)
    if (origin !== undefined && origin.search === '') return []
    const expected =
      'an https address without user or query (http only for this machine, or with plain: true)'
    // A password in it is never shown (attacks T11).
    const value = text.replace(/\/\/[^/]*@/, '//…@')
    return [{ at, code: 'adapter.profile.value-wrong', value, details: { expected } }]
  }
  return [...wrong(url, ['url']), ...hosts.flatMap((each, index) => wrong(each, ['hosts', index]))]
}

function channelFindings(options: Options, used: readonly Channel[]): readonly Finding[] {
  const missing = (key: string, at: Finding['at'] = []): Finding => ({
    at,
    code: 'adapter.profile.key-missing',
    details: { key },
  })
  const findings: Finding[] = []
  // Not by the schema: it would show what it found, and that may be a password (attacks T11).
  if (options.signIn !== undefined && Object.keys(options.signIn).length !== 1)
    findings.push(missing('token, basic, header or request', ['signIn']))
  for (const channel of channels) {
    const both = channel === 'sendNotices' && options.send?.notices !== undefined
    if (used.includes(channel) && options[channel] === undefined && !both) findings.push(missing(channel))
    const poll = channel === 'send' || channel === 'sendNotices' ? options[channel] : undefined
    if (poll !== undefined && (poll.list === undefined) === (poll.head === undefined))
      findings.push(missing('list or head', [channel]))
  }
  return findings
}

/** The places that each template may have: what is known where it is filled in. */
const places = {
  list: ['page'],
  key: ['key'],
  file: ['key', 'file'],
  done: ['key', 'messageId', 'result'],
  push: ['parcel', 'messageId', 'content', 'number', 'kind', 'receiveNumber', 'field:'],
  upload: ['parcel', 'messageId', 'file'],
} as const

function placeFindings(options: Options): readonly Finding[] {
  const findings: Finding[] = []
  const look = (template: unknown, known: keyof typeof places, at: Finding['at']): void => {
    // A reference is the installation's own text: it has no places.
    if (typeof template !== 'string') return
    const unknown = unknownPlace(template, places[known])
    if (unknown === undefined) return
    const details = {
      expected: places[known].map((name) => `{${name}${name.endsWith(':') ? 'NAME' : ''}}`).join(' '),
    }
    findings.push({ at, code: 'adapter.profile.value-unknown', value: `{${unknown}}`, details })
  }
  const lookAll = (texts: object, known: keyof typeof places, at: Finding['at']): void => {
    for (const [name, text] of Object.entries(texts)) look(text, known, [...at, name])
  }
  for (const channel of ['send', 'sendNotices'] as const) {
    const { list, head, document, files, done } = options[channel] ?? {}
    look(list?.path, 'list', [channel, 'list', 'path'])
    look(head?.path, 'list', [channel, 'head', 'path'])
    look(document, 'key', [channel, 'document'])
    look(files?.path, 'file', [channel, 'files', 'path'])
    look(done?.path, 'done', [channel, 'done', 'path'])
    lookAll(done?.body ?? {}, 'done', [channel, 'done', 'body'])
  }
  for (const channel of ['receive', 'notices'] as const) {
    const { path, headers = {}, upload } = options[channel] ?? {}
    look(path, 'push', [channel, 'path'])
    lookAll(headers, 'push', [channel, 'headers'])
    look(upload?.path, 'upload', [channel, 'upload', 'path'])
    lookAll(upload?.headers ?? {}, 'upload', [channel, 'upload', 'headers'])
  }
  return findings
}
