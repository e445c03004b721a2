// Letters and notices through a real gateway and real transports, both ways, counted at both ends.

import { Readable } from 'node:stream'
import { formsOf } from '../adapters/adapter.ts'
import type { AttachmentContent, Item } from '../adapters/contract.ts'
import type { DocumentForm, Written } from '../adapters/formats/format.ts'
import type { Channel } from '../adapters/transports/transport.ts'
import type { Letter } from '../letter/letter.ts'
import type { Notice } from '../letter/notice.ts'
import { type Clock, type MessageId, newMessageId, type Random } from '../letter/time.ts'
import { describe, type Problem } from '../problem/problem.ts'
import type { Answer, Collected, Counterpart } from './counterpart/counterpart.ts'
import { letterOf, textOf } from './documents.ts'
import type { Sample } from './letters.ts'
import { enclosed, sampleNotice, type Told } from './notices.ts'
import type { Stage } from './stage.ts'

/** What one end has received. */
export interface Received {
  readonly letters: readonly { readonly letter: Letter; readonly texts: readonly string[] }[]
  readonly notices: readonly Told[]
  /** Documents that its own form cannot read: what a system would choke on. */
  readonly unreadable: readonly string[]
}

type Mutable<Value> = {
  -readonly [Key in keyof Value]: Value[Key] extends readonly (infer Each)[] ? Each[] : Value[Key]
}

/** What an office says of a letter that it received. */
export interface Said {
  readonly kind: 'accept' | 'reject'
  readonly letter: Letter
  readonly messageId: MessageId
  readonly receiveNumber?: string
  readonly reason?: string
}

/** What became of it: who was to hear it hears `notice`, or `why` says what it failed at. `unsayable`: at its own form. */
export type Saying =
  | { readonly kind: 'said'; readonly notice: Notice }
  | { readonly kind: 'unsayable' | 'refused'; readonly why: string }

/** One end of the exchange: the system that is tried, or the ministry. */
export interface End {
  readonly received: Received
  /** Hands a letter over in the end's own form. Undefined: its form cannot say it. */
  send(sample: Sample): Promise<Answer | undefined>
  /** Hands the very same document over again, as a new handing-over. */
  sendAgain(sample: Sample): Promise<Answer | undefined>
  /** The letters that it handed over. */
  readonly sent: readonly Letter[]
  /** Whether it has a way to say anything of letters that it received. */
  readonly tells: boolean
  /** Says that of a letter that it received. */
  say(said: Said): Promise<Saying>
  /** What it said of letters. */
  readonly given: readonly Notice[]
  /** Hands over bytes that are no document. */
  sendBytes(bytes: Buffer, like: Sample): Promise<Answer | undefined>
  /** Takes what has come since. */
  look(): Promise<void>
}

/** Both ends on a stage. */
export function endsOf(
  stage: Stage,
  clock: Clock,
  random: Random,
): { readonly system: End; readonly ministry: End } {
  return {
    system: endOf(stage.forms, (channel) => stage.counterpart(channel), clock, random),
    ministry: endOf(formsOf(stage.ministry, clock), (channel) => stage.clerk(channel), clock, random),
  }
}

type Forms = Readonly<Partial<Record<Channel, DocumentForm>>>

/** The channel by which notices come: where a document carries both (an envelope), that of the letters. */
export function tellingChannel(forms: Forms): Channel | undefined {
  if (forms.sendNotices !== undefined) return 'sendNotices'
  return forms.send?.receipts === true ? 'send' : undefined
}

/** One end, whose documents have these forms. */
export function endOf(
  forms: Forms,
  counterpart: (channel: Channel) => Counterpart | undefined,
  clock: Clock,
  random: Random,
): End {
  const received: Mutable<Received> = { letters: [], notices: [], unreadable: [] }
  let handed = 0
  const nextId = (): string => {
    handed += 1
    return `c-${clock.now().toString(36)}-${handed}`
  }
  const handIn = async (channel: Channel, id: string, written: Written, contents: Sample['contents']) =>
    counterpart(channel)?.handIn(channel, { id, written, contents })

  async function written(sample: Sample, id: string): Promise<Written | undefined> {
    const { letter, contents } = sample
    const made = await forms.send?.write({
      id,
      office: letter.to.offices[0],
      envelope: { messageId: newMessageId(clock, random), createdAt: clock.now(), content: 'letter', letter },
      open: (sha256) => Readable.from([contents.get(sha256) ?? Buffer.alloc(0)]),
    })
    return made?.ok ? made.value : undefined
  }
  /** The documents that were handed over: again is the very same one, with the names of files that it had. */
  const sent = new Map<Sample, Written>()
  const send = async (sample: Sample): Promise<Answer | undefined> => {
    const id = nextId()
    const document = sent.get(sample) ?? (await written(sample, id))
    if (document !== undefined) sent.set(sample, document)
    return document && handIn('send', id, document, sample.contents)
  }
  let looking: Promise<void> | undefined
  async function look(): Promise<void> {
    const ways = new Set(
      [counterpart('receive'), counterpart('notices')].filter((each) => each !== undefined),
    )
    for (const way of ways) for (const document of await way.collect()) await keep(document, forms, received)
  }
  const telling = tellingChannel(forms)
  const given: Notice[] = []
  return {
    received,
    send,
    sendAgain: send,
    get sent() {
      return [...sent.keys()].map(({ letter }) => letter)
    },
    given,
    tells: telling !== undefined,
    async say({ kind, letter, messageId, receiveNumber, reason = '' }) {
      const form = telling && forms[telling]
      if (telling === undefined || form === undefined)
        return { kind: 'unsayable', why: 'it has no way to say it' }
      const [sender, recipient] = [letter.from.office, letter.to.offices[0]]
      // A system says of a letter in the columns in which it is told of one, and there stands the office at the other end.
      // The national standard and an envelope name the office that registered it, whoever is told.
      const named = form.kind === 'e-cms' || form.receipts
      const [from, to] = named ? [recipient, sender] : [sender, recipient]
      const notice = sampleNotice({ from, to, letter, messageId: () => messageId }, kind, {
        ...(receiveNumber !== undefined && { receiveNumber }),
        reason,
      })
      const id = nextId()
      const made = await form.write({
        id,
        office: to,
        envelope: {
          messageId: newMessageId(clock, random),
          createdAt: clock.now(),
          content: 'notice',
          notice,
        },
        about: { messageId, letter },
        open: () => {
          throw new Error('a notice has no attachments')
        },
      })
      if (!made.ok)
        return {
          kind: 'unsayable',
          why: `its form cannot say it: ${made.problems.map((each) => describe(each)).join('; ')}`,
        }
      const answer = await handIn(telling, id, made.value, new Map())
      if (answer?.kind === 'refused')
        return { kind: 'refused', why: `the gateway refused it: ${answer.said}` }
      // A system that has no place for a reason says none: the file beside is how the gateway tells it one.
      const placeless = [...made.value.spilled, ...(form.unsaid ?? [])].includes('reason')
      const said = placeless ? { ...notice, reason: '' } : notice
      given.push(said)
      return { kind: 'said', notice: said }
    },
    async sendBytes(bytes, like) {
      const id = nextId()
      const document = await written(like, id)
      return document && handIn('send', id, { ...document, bytes, files: [] }, new Map())
    },
    look() {
      // One at a time: two of them would both be given what lies there.
      looking ??= look().finally(() => {
        looking = undefined
      })
      return looking
    },
  }
}

/** Reads a document as the end's own people would: a letter if it is one, else a notice. */
async function keep(document: Collected, forms: Forms, received: Mutable<Received>): Promise<void> {
  const said: string[] = []
  for (const [content, form] of [
    ['letter', forms.receive],
    ['notice', forms.notices],
  ] as const) {
    if (form === undefined) continue
    const items = await form.read(await sourceOf(content, document, form))
    const faults = items.flatMap((item) => keptOf(item, document, form, received))
    // What stands beside a letter or a notice that was read is missing all the same.
    if (faults.length < items.length) {
      received.unreadable.push(...faults)
      return
    }
    said.push(...faults)
  }
  received.unreadable.push(said.join(' / '))
}

/** Keeps what was read in one place of a document; or says why it cannot be read. */
function keptOf(
  item: Item,
  document: Collected,
  { unsaid = [] }: DocumentForm,
  received: Mutable<Received>,
): readonly string[] {
  const why = (problems: readonly Problem[]) => [problems.map((each) => describe(each)).join('; ')]
  if (item.kind === 'letter') {
    const letter = letterOf(item)
    if (!letter.ok) return why(letter.problems)
    received.letters.push({
      letter: letter.value,
      texts: item.attachments.map((each) => textOf(each.content)),
    })
    return []
  }
  if (item.kind === 'notice') {
    const texts = [...[...document.beside.values()].map(textOf), ...enclosed(document.bytes)]
    received.notices.push({ draft: item.draft, texts, unsaid })
    return []
  }
  return item.kind === 'fault' ? why(item.problems) : [`it is read as ${item.kind}`]
}

async function sourceOf(content: 'letter' | 'notice', document: Collected, form: DocumentForm) {
  const { bytes, unnamed = [] } = document
  const source = { document: content, name: document.name ?? 'collected', bytes, sender: 'gone' as const }
  let beside: ReadonlyMap<string, AttachmentContent> = document.beside
  if (unnamed.length > 0) {
    const [item] = await form.read({ ...source, beside, final: false })
    const names = item?.kind === 'waiting' ? item.missing : []
    beside = new Map(
      names.flatMap((name, index): [string, AttachmentContent][] => {
        const file = unnamed[index]
        return file === undefined ? [] : [[name, file]]
      }),
    )
  }
  return { ...source, beside, final: true }
}

/** The message id under which the gateway has a letter. */
export async function messageIdOf(stage: Stage, { number }: Letter): Promise<MessageId | undefined> {
  return (await stage.letters()).find((row) => row.number === number.normalized)?.messageId
}
