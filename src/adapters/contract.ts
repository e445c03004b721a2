// The contract between an adapter (what differs) and the gateway (what never differs).
import type { Readable } from 'node:stream'
import type { Envelope, SealedEnvelope } from '../envelope/envelope.ts'
import type { LetterDraft } from '../letter/check.ts'
import type { LetterFields } from '../letter/letter.ts'
import type { Notice, NoticeKind } from '../letter/notice.ts'
import type { OfficeId } from '../letter/offices.ts'
import type { Clock, Instant, MessageId } from '../letter/time.ts'
import type { Problem } from '../problem/problem.ts'
import type { DeliveryPolicy } from './delivery-policy.ts'

// ── Inwards: a system hands over a document ─────────────────────────────────────────────────────────────────────

/**
 * The bytes of one attachment: in memory (small), decoded from the document piece by piece, in a file beside the document, or
 * already in the gateway's keeping. `pieces` begins anew each time.
 */
export type AttachmentContent =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'pieces'; readonly size: number; pieces(): Iterable<Buffer> }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'kept'; readonly sha256: string; readonly size: number }

/** An attachment as a system hands it over. Its size and digest are the gateway's to find out. */
export interface IncomingAttachment {
  readonly name: string
  /** As the system says it, an alias perhaps; absent when it says nothing (the name's ending then decides). */
  readonly mediaType?: string
  readonly role: 'main' | 'enclosure'
  readonly content: AttachmentContent
}

/** One document as a system gave it: what is kept whole, whatever becomes of it. */
export interface Source {
  readonly document: 'letter' | 'notice'
  /** A file name, a URL path, an operation: what a person would look for. It steers nothing. */
  readonly name: string
  readonly bytes: Buffer
  /** What came with the document, by the name that the document calls it: files beside a CSV, parts of a multipart body. */
  readonly beside: ReadonlyMap<string, AttachmentContent>
  /**
   * The same at every offer of one handing-over (a claimed file that is offered again after a crash), unique for ever for
   * this system, at most 100 characters. What was taken of it once is known ever after, even when its letter was recalled
   * meanwhile. Absent where every offer is a handing-over of its own (a request).
   */
  readonly handover?: string
  /**
   * The system does not hand it over: it was taken before, and is looked at again, whether it says something else now.
   * What is known is known then, and is not sent again, whatever became of it.
   */
  readonly seen?: boolean
  /** Whether somebody waits for the answer (HTTP: faults are answered) or nobody does (a folder: faults are quarantined). */
  readonly sender: 'waits' | 'gone'
  /** No more waiting for what is missing: items that still lack a file are faults now. */
  readonly final: boolean
  /** Files that other documents name too, by name, with the names of all those documents: whose they are nobody can know. */
  readonly contested?: ReadonlyMap<string, string>
  /** Why the whole is not to be believed (a mail whose sender is not proved): nothing is read of it, and a person decides. */
  readonly doubts?: readonly [Problem, ...Problem[]]
  /** Files that are larger than may be taken, by name: they came, and were put aside. Sizes in bytes. */
  readonly large?: ReadonlyMap<string, LargeFile>
  /**
   * Of a document that is too large to be read: what it is. `bytes` is empty then; it is in the gateway's keeping, or `doubts`
   * say where it stands. `sha256` is absent where it is even too large to be looked through: its handover tells it apart.
   */
  readonly unread?: { readonly sha256?: string; readonly size: number }
  /** The bytes of a file beside that is `kept`, for a form that must read one itself (a memo file). The gateway sets it. */
  open?(sha256: string): Readable
}

export interface LargeFile {
  readonly size: number
  readonly limit: number
  /** Where it stands now, for people. */
  readonly place: string
}

/** What a notice in a system's own form says; the gateway finds the letter that it speaks of. */
export interface NoticeDraft {
  readonly kind: NoticeKind
  /** By message id where the system knows it, else by the natural key (domain §3). */
  readonly about:
    | { readonly messageId: MessageId }
    | {
        readonly number: string
        readonly date?: string
        readonly sender?: OfficeId
        readonly recipient?: OfficeId
      }
  readonly receiveNumber?: string
  /** Absent: now. */
  readonly at?: Instant
  readonly reason?: string
}

/** What was read from one place of a source. `position` tells a person where: `row 3`, `letter`, `line 12`. */
export type Item =
  | {
      readonly kind: 'letter'
      readonly position: string
      readonly draft: LetterDraft
      readonly attachments: readonly IncomingAttachment[]
      readonly charset?: string
      readonly datePrinted?: string
    }
  | { readonly kind: 'notice'; readonly position: string; readonly draft: NoticeDraft }
  /** Sealed by its sender: the gateway verifies it and keeps it as it is. `attachments` by their SHA-256 as name. */
  | {
      readonly kind: 'envelope'
      readonly position: string
      readonly bytes: Buffer
      readonly attachments: ReadonlyMap<string, AttachmentContent>
    }
  /** Whole but for files that are not there yet. Only while the source is not `final`. */
  | { readonly kind: 'waiting'; readonly position: string; readonly missing: readonly string[] }
  /** `number`: the letter's, as it stands there, where that is known: by it a person looks for the letter. */
  | {
      readonly kind: 'fault'
      readonly position: string
      readonly problems: readonly [Problem, ...Problem[]]
      readonly number?: string
      readonly understood?: Understood
    }

/** What was read of a place before its fault, for the person who looks at it. */
export interface Understood {
  /** Cells by column, as they stand there. */
  readonly cells?: Readonly<Record<string, string>>
  /** Canonical values by field, as far as they could be read. */
  readonly values?: Readonly<Record<string, readonly string[]>>
}

/** What became of one item, known only after the commit. */
export type Taken =
  | {
      readonly kind: 'taken'
      readonly position: string
      readonly messageId: MessageId
      readonly receipt?: SealedEnvelope
    }
  /**
   * Taken before, the same content: the same answer again. `ended`: what it came to at a recipient (refused, wrong, recalled);
   * it was handed over anew, and does not go again by itself.
   */
  | {
      readonly kind: 'known'
      readonly position: string
      readonly messageId: MessageId
      readonly ended?: string
      readonly receipt?: SealedEnvelope
    }
  | { readonly kind: 'waiting'; readonly position: string; readonly missing: readonly string[] }
  /** In quarantine, whole, for a person. */
  | { readonly kind: 'quarantined'; readonly position: string; readonly problems: readonly Problem[] }
  /** Not taken, and nothing kept but an event: the sender waits and is told. `receipt` is a signed reject or invalid. */
  | {
      readonly kind: 'refused'
      readonly position: string
      readonly problems: readonly [Problem, ...Problem[]]
      readonly receipt?: SealedEnvelope
    }

// ── Outwards: the gateway brings an envelope to an office ───────────────────────────────────────────────────────

/** One envelope on its way to one office. */
export interface Parcel {
  /** The delivery's id: the same at every attempt, unique for ever. At most 40 characters, [0-9a-z-]. */
  readonly id: string
  /** 1 for the first attempt. */
  readonly attempt: number
  /** An earlier attempt ended without an answer: what it brought may stand there already, and have been worked on since. */
  readonly mayHaveArrived?: boolean
  /** The office that the envelope is brought to. */
  readonly office: OfficeId
  /** What the envelope says, read from its verified bytes. */
  readonly envelope: Envelope
  readonly sealed: SealedEnvelope
  /** For a notice: the letter that it speaks of, for systems that want its words back. */
  readonly about?: { readonly messageId: MessageId; readonly letter: LetterFields }
  /** The bytes of the letter's attachment with this digest. */
  open(sha256: string): Readable
  /**
   * Records what is about to be handed over, before its first byte leaves; it stays recorded whatever becomes of the attempt.
   * Rejects when it could not be kept: then nothing may leave. What a profile's form writes for a transport is recorded by
   * the adapter itself; only a transport that adds to those bytes calls this. Absent in a trial.
   */
  record?(handed: HandedOver): Promise<void>
  /** By what the gateways know the places of the system that it is brought to. Absent in a trial. */
  readonly marks?: Marks
}

/**
 * Which places of a system are the ones that they were: a mark that is left in each of them, and remembered for all gateways of
 * the installation and for whoever comes after them. `place` is as the profile names it. Both reject when the journal fails.
 */
export interface Marks {
  /** The mark of a place; undefined: nobody has marked it yet. */
  known(place: string): Promise<string | undefined>
  /** From now on it is `mark`, where it was `before` until now, or none. Gives the one that it is then: somebody else may have been faster. */
  become(place: string, mark: string, before: string | undefined): Promise<string>
}

/** A file that belongs to a written document: the bytes of an attachment, or bytes that the form made itself. */
export interface WrittenFile {
  /** The name by which the document calls it: a safe file name, unique within the document. */
  readonly name: string
  readonly mediaType: string
  /** Lower-case hexadecimal SHA-256 of the bytes. */
  readonly sha256: string
  readonly content:
    | { readonly kind: 'attachment'; readonly size: number }
    | { readonly kind: 'bytes'; readonly bytes: Buffer }
}

/** A document as it is handed over, with its files. */
export interface HandedOver {
  readonly bytes: Buffer
  readonly mediaType: string
  /** For file names: `csv`, `json`. */
  readonly extension: string
  readonly files: readonly WrittenFile[]
}

/**
 * What happened (principle 8). `said`: what the other side said, in a line of at most 2,000 characters; `answer`: its answer as
 * it came, where there was one in bytes (the gateway keeps the beginning).
 */
export type Outcome = WhatHappened & { readonly answer?: Buffer }

type WhatHappened =
  /** `reply`: the envelope with which the other side answered, not yet verified. */
  | { readonly kind: 'taken'; readonly said?: string; readonly reply?: Buffer }
  /** Never to be tried again unchanged. */
  | { readonly kind: 'refused'; readonly problem: Problem; readonly said?: string; readonly reply?: Buffer }
  /** Nothing was taken. `retryAfter`: the earliest next try that the other side asks for, in milliseconds from now. */
  | { readonly kind: 'unavailable'; readonly said: string; readonly retryAfter?: number }
  /** It may have arrived. */
  | { readonly kind: 'unknown'; readonly said: string }

// ── The adapter ─────────────────────────────────────────────────────────────────────────────────────────────────

/** Who stands at a door: proved by the gateway before the door opens. */
export type Access =
  /** A client certificate registered for the profile's office (mutual TLS). */
  | { readonly kind: 'certificate' }
  /** `Authorization: Bearer <key>`; `sha256` of the keys that open, several while they rotate. */
  | { readonly kind: 'api-key'; readonly sha256: readonly string[] }
  /** For SOAP clients that can do neither: HTTP Basic and an address list (CIDR). `scrypt`: `<salt hex>:<hash hex>`. */
  | {
      readonly kind: 'basic'
      readonly user: string
      readonly scrypt: string
      readonly addresses: readonly string[]
    }

/** A request that came through a door, its access proved. */
export interface DoorRequest {
  readonly headers: Readonly<Record<string, string | undefined>>
  /** The part of the path behind the door's own, and the query, as sent. */
  readonly rest: string
  /** The body as a stream; the door bounds it. */
  readonly body: Readable
}

export interface DoorAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** A stream for an attachment that a polling system fetches: never wholly in memory. */
  readonly body?: string | Buffer | Readable
}

/** An HTTP entrance that an adapter asks the gateway's server to open. */
export interface Door {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** An absolute path; two systems may share one path when their access tells them apart. */
  readonly path: string
  readonly access: Access
  enter(request: DoorRequest): Promise<DoorAnswer>
}

/** What the gateway lets an adapter do: verbs, not the gateway. All are bound to the adapter's own system and office. */
export interface AdapterVerbs {
  readonly clock: Clock
  /** The id of the gateway's installation, by which it tells what it has left in a shared place from what another gateway has. Absent where there is no installation (a trial). */
  readonly installation?: string
  /** By what the gateways know the system's places. Absent in a trial. */
  readonly marks?: Marks
  /** Whether this gateway looks for documents at this time: of several on one journal one does. Absent: it does. */
  mayLook?(): boolean
  /** A look begins, at the place that the facts name; what it gives is called when it has ended. One that does not end is told of. Absent in a trial. */
  lookBegins?(facts: Readonly<Record<string, string>>): () => void
  /** Offers a source; resolves after the commit, with one answer for each item in order. Rejects when nothing could be committed (full disk, closed journal): nothing was taken. */
  take(source: Source): Promise<readonly Taken[]>
  /** Streams bytes into the gateway's keeping, at most `limit` of them; resolves when they are synced to disk. Rejects with `TooLarge` beyond. What nothing names that was taken is held for a day. */
  keep(bytes: Readable, limit: number): Promise<{ readonly sha256: string; readonly size: number }>
  /** For systems that poll: the first parcel that waits for this office, without taking it away. */
  head(): Promise<Parcel | undefined>
  /** For systems that poll: what became of a parcel. False when no such parcel waits (it was settled before, or never was). */
  settle(parcelId: string, outcome: Outcome): Promise<boolean>
  /**
   * For systems that poll: a parcel is about to be shown out of its turn, and from now on the system may have it. False when it is
   * not to be shown: it was recalled while nobody had it, or is being pushed.
   */
  show(parcelId: string): Promise<boolean>
  /** A letter that this office sent or was sent, by natural key, newest first: for status look-ups and repeated polls. */
  find(key: {
    readonly number: string
    readonly date?: string
    readonly sender?: OfficeId
    readonly recipient?: OfficeId
  }): Promise<readonly KnownLetter[]>
  /** The letters that this office sent, newest first, at most `limit`: e-CMS asks how they all stand. */
  sent?(limit: number): Promise<readonly KnownLetter[]>
  /** Tells an operator of something that belongs to no letter. Ids, counts and paths of the profile, never letter text or the names of a letter's files. */
  report(event: string, facts: Readonly<Record<string, string | number>>): void
}

export interface KnownLetter {
  readonly messageId: MessageId
  readonly office: OfficeId
  readonly state: string
  readonly receiveNumber?: string
  /** The parcel by which it comes to this office; absent for a letter that this office sent. */
  readonly parcel?: Parcel
  /** Its number as printed. */
  readonly number?: string
  /** The parcels by which notices about it came to this office, newest first: e-CMS asks for one again. */
  readonly notices?: readonly Parcel[]
}

/** A profile at work. */
export interface Adapter {
  readonly id: string
  readonly office: OfficeId
  /** Reads a source into items. Pure but for the files beside it; never throws for what the source holds. */
  read(source: Source): Promise<readonly Item[]>
  /** Brings one parcel. Absent: the system polls for its parcels. Never throws for what the other side does. */
  readonly deliver?: (parcel: Parcel, signal: AbortSignal) => Promise<Outcome>
  /** True when a delivery of a letter counts as taken only with a signed `receive` notice (design §5.2). */
  readonly receipts: boolean
  /** How the gateway is to make deliveries to the office. */
  readonly policy: DeliveryPolicy
  readonly doors: readonly Door[]
  /** Begins to look for documents (folders, polls). Doors open with the server. */
  start(verbs: AdapterVerbs): Promise<void>
  /** Stops looking; resolves when nothing is under way any more. */
  stop(): Promise<void>
}

/** A notice in the words of a system's form. */
export type OutgoingNotice = Notice
