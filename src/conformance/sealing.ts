// An office that seals by itself, as the suite plays it: its letters and notices are sealed with its key and read only after
// they were verified, so that everything asked of other forms can be asked of the format `envelope` too.
import type { AttachmentContent, IncomingAttachment, Item } from '../adapters/contract.ts'
import type { DocumentForm, Written } from '../adapters/formats/format.ts'
import { type Channel, channels } from '../adapters/transports/transport.ts'
import type { Envelope } from '../envelope/envelope.ts'
import { seal } from '../envelope/seal.ts'
import { type VerifiedEnvelope, verifyEnvelope } from '../envelope/verify.ts'
import type { Letter } from '../letter/letter.ts'
import type { Notice } from '../letter/notice.ts'
import type { OfficeId } from '../letter/offices.ts'
import type { Clock, Random } from '../letter/time.ts'
import { type Problem, problem } from '../problem/problem.ts'
import { aboutEnvelope, sealNotice } from '../sandbox/inbox/notices.ts'
import type { TlsIdentity } from '../sandbox/inbox/post.ts'
import { senderOf } from '../sandbox/inbox/take.ts'
import type { Offices } from './offices.ts'

type Forms = Readonly<Partial<Record<Channel, DocumentForm>>>

/** Whether what its system sends is sealed by the office itself. */
export const sealsByItself = (forms: Forms): boolean => forms.send?.receipts === true

/** The forms of a profile, those of sealed documents with the seal. The others are as they were. */
export function sealedForms(forms: Forms, offices: Offices, clock: Clock): Forms {
  const known = new Map<string, string>()
  return Object.fromEntries(
    channels.flatMap((channel): [Channel, DocumentForm][] => {
      const form = forms[channel]
      return form === undefined ? [] : [[channel, form.receipts ? sealed(form, offices, clock, known) : form]]
    }),
  )
}

/** `known`: the digests of the envelopes that were seen, by message id, for the notices about them. */
function sealed(
  form: DocumentForm,
  { trust, signers }: Offices,
  clock: Clock,
  known: Map<string, string>,
): DocumentForm {
  return {
    ...form,
    async write(outgoing) {
      const envelope = naming(outgoing.envelope, known)
      const speaker = envelope.content === 'letter' ? envelope.letter.from.office : envelope.notice.from
      const signer = signers.get(speaker)
      if (signer === undefined) throw new Error(`nobody on this stage seals for ${speaker}`)
      const made = seal(envelope, signer, clock.now())
      known.set(envelope.messageId, made.digest)
      return form.write({ ...outgoing, envelope, sealed: made })
    },
    async read(source) {
      const items = await form.read(source)
      return items.map((item) => {
        if (item.kind !== 'envelope') return item
        const verdict = verifyEnvelope(item.bytes, trust, clock.now())
        if (!verdict.ok) return { kind: 'fault', position: item.position, problems: verdict.problems }
        const { envelope, digest } = verdict.value
        known.set(envelope.messageId, digest)
        return envelope.content === 'letter'
          ? letterItem(item.position, envelope.letter, item.attachments)
          : noticeItem(item.position, envelope.notice, known)
      })
    },
  }
}

/** A notice names the digest of the very envelope that it speaks of: only who saw the envelope can know it. */
function naming(envelope: Envelope, known: ReadonlyMap<string, string>): Envelope {
  if (envelope.content === 'letter') return envelope
  const { notice } = envelope
  const digest = known.get(notice.about.messageId) ?? notice.about.digest
  return { ...envelope, notice: { ...notice, about: { ...notice.about, digest } } }
}

function letterItem(position: string, letter: Letter, parts: ReadonlyMap<string, AttachmentContent>): Item {
  const problems: Problem[] = []
  const attachments = letter.attachments.flatMap(
    ({ name, mediaType, role, sha256 }): IncomingAttachment[] => {
      const content = parts.get(sha256)
      if (content !== undefined) return [{ name, mediaType, role, content }]
      problems.push(problem('letter.attachment.missing', name, sha256))
      return []
    },
  )
  const [first, ...rest] = problems
  return first === undefined
    ? { kind: 'letter', position, draft: letter, attachments }
    : { kind: 'fault', position, problems: [first, ...rest] }
}

/** It speaks of the very envelope that was seen under the message id, in that letter's words. */
function noticeItem(position: string, notice: Notice, known: ReadonlyMap<string, string>): Item {
  const { kind, reason } = notice
  const { messageId, digest, number, date } = notice.about
  const seen = known.get(messageId)
  if (seen !== undefined && seen !== digest)
    return { kind: 'fault', position, problems: [problem('notice.letter.other', 'about.digest', digest)] }
  const about = { messageId, number, date }
  const numbered = 'receiveNumber' in notice && notice.receiveNumber !== undefined
  return {
    kind: 'notice',
    position,
    draft: { kind, about, ...(numbered && { receiveNumber: notice.receiveNumber }), reason },
  }
}

/** What the office does at its doors, beside its letters and notices. */
export interface SealedDoors {
  /** Mutual TLS: what the office shows as a client and as a server, and what the gateway shows to it. */
  readonly tls: { readonly client: TlsIdentity; readonly server: TlsIdentity; readonly gateway: TlsIdentity }
  /** Its answer to an envelope (design §5.2): 200 with a signed `receive`, 409 with the same again, 422 to what is not proved. */
  answer(envelope: Buffer): { readonly status: number; readonly body: Buffer }
  /** Whether `reply` is a signed `receive` about exactly this envelope. */
  proves(envelope: Written, reply: Buffer): boolean
}

export function sealedDoors(office: OfficeId, offices: Offices, clock: Clock, random: Random): SealedDoors {
  const { trust, signers, machine } = offices
  const given = new Map<string, { readonly digest: string; readonly receipt: Buffer }>()
  const verified = (bytes: Buffer): VerifiedEnvelope | undefined => {
    const verdict = verifyEnvelope(bytes, trust, clock.now())
    return verdict.ok ? verdict.value : undefined
  }
  return {
    tls: { client: offices.shownBy(office), server: machine, gateway: machine },
    answer(bytes) {
      const signer = signers.get(office)
      const came = verified(bytes)
      if (came === undefined || signer === undefined) return { status: 422, body: Buffer.alloc(0) }
      const { messageId } = came.envelope
      const earlier = given.get(messageId)
      if (earlier !== undefined)
        return earlier.digest === came.digest
          ? { status: 409, body: earlier.receipt }
          : { status: 422, body: Buffer.alloc(0) }
      const about = aboutEnvelope(came.envelope, came.digest)
      const own = { signer, clock, random }
      const { bytes: receipt } = sealNotice({ kind: 'receive', reason: '' }, about, senderOf(came), own)
      given.set(messageId, { digest: came.digest, receipt })
      return { status: 200, body: receipt }
    },
    proves({ bytes }, reply) {
      const [sent, told] = [verified(bytes), verified(reply)]
      if (sent === undefined || told?.envelope.content !== 'notice') return false
      const { kind, about } = told.envelope.notice
      return kind === 'receive' && about.messageId === sent.envelope.messageId && about.digest === sent.digest
    },
  }
}
