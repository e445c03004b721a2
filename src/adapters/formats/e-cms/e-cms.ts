// The format of the national exchange (TH e-GIF e-CMS): GovernmentDocument and the notifiers, both ways.
import { readOrganisations } from '../../../letter/organisations.ts'
import type { Problem, Result } from '../../../problem/problem.ts'
import { bad, good, problem } from '../../../problem/problem.ts'
import type { Item, Source } from '../../contract.ts'
import { organisationFindings, organisationIds } from '../../organisation-options.ts'
import { byteCount } from '../../quantities.ts'
import { size } from '../../schema.ts'
import { Places } from '../assembled.ts'
import {
  type DocumentForm,
  documentFormat,
  type FormContext,
  type Outgoing,
  type Written,
} from '../format.ts'
import { contentOf, readDocument } from './message.ts'
import { isNotifier } from './names.ts'
import { type Organisations, organisations } from './organisations.ts'
import { readLetter } from './read-letter.ts'
import { readNotice } from './read-notice.ts'
import { bytesIn, type MessageCharset } from './transcode.ts'
import { writeLetter } from './write-letter.ts'
import { writeNotice } from './write-notice.ts'
import type { Xml } from './write-xml.ts'

export interface EcmsOptions {
  /** Office id → organisation ids that the office list does not have, or has otherwise; the first is written. */
  readonly organisations: Readonly<Record<string, readonly string[]>>
  readonly organisationDigits: 5 | 10
  readonly attachments: string
  readonly filenames: boolean
  readonly charset: MessageCharset
}

export const eCms = documentFormat<EcmsOptions>({
  kind: 'e-cms',
  about: {
    summary:
      'The messages of the national exchange (TH e-GIF), letters and notices: see [e-cms.md](../e-cms.md).',
    badDays: [
      ['XML that is not well-formed', 'refused', 'ecms.xml.malformed'],
      ['a DOCTYPE', 'refused', 'ecms.xml.forbidden'],
      ['an element that is missing', 'refused', 'ecms.element.missing'],
      ['an organisation that nobody knows', 'refused', 'ecms.organisation.unknown'],
      ['attachments beyond the bound, on the way out', 'refused', 'ecms.write.too-large'],
    ],
  },
  options: {
    organisations: { ...organisationIds, default: {} },
    organisationDigits: {
      enum: [5, 10],
      default: 10,
      description: '5 or 10: the digits of organisation ids',
    },
    attachments: {
      ...size,
      default: '64MiB',
      description: 'bytes of all attachments together',
    },
    filenames: {
      type: 'boolean',
      default: false,
      description: 'whether the names of files stand in the messages',
    },
    charset: {
      enum: ['utf-8', 'windows-874'],
      default: 'utf-8',
      description: 'what the bytes of messages are, whatever they say: utf-8 or windows-874',
    },
  },
  deeper: ({ organisations: stated }) => organisationFindings(stated),
  create: (options, context) => new EcmsForm(options, context),
})

/** The form at work. The SOAP transport needs it as itself: its look-ups know the same organisations. */
export class EcmsForm implements DocumentForm {
  readonly kind = 'e-cms'
  /** Unused: attachments stand in the document. */
  readonly multipart = 'related'
  readonly receipts = false
  /** The national standard has no word for them (docs/e-cms.md). */
  readonly unsaid = ['kind', 'circular', 'reason'] as const
  readonly #context: FormContext
  readonly organisations: Organisations
  readonly #limit: number
  readonly #filenames: boolean
  readonly charset: MessageCharset

  constructor(options: EcmsOptions, context: FormContext) {
    this.#context = context
    const table = readOrganisations(options.organisations)
    // Its faults were found when the profile was read.
    this.organisations = organisations(table.ok ? table.value : new Map(), options.organisationDigits)
    this.#limit = byteCount(options.attachments)
    this.#filenames = options.filenames
    this.charset = options.charset
  }

  /** One letter or one notice, out of a SOAP message, a request, an answer, or alone. */
  async read(source: Source): Promise<readonly Item[]> {
    const document = await readDocument(source.bytes, this.charset)
    if (!document.ok) return [fault(source.document, document.problems)]
    const content = contentOf(document.value.root)
    if (!content.ok) return [fault(source.document, content.problems)]
    const { local } = content.value
    if (local === 'GovernmentDocument') {
      const letter = readLetter(content.value, this.organisations, document.value.repairs)
      if (!letter.ok) return [fault('letter', letter.problems)]
      return [{ kind: 'letter', position: 'letter', charset: this.charset, ...letter.value }]
    }
    if (isNotifier(local) || local === 'CorrespondenceDeleteGovernmentDocumentRequest') {
      const notice = readNotice(content.value, this.#context.office, this.organisations)
      return [
        notice.ok ? { kind: 'notice', position: local, draft: notice.value } : fault(local, notice.problems),
      ]
    }
    return [fault(source.document, [problem('ecms.content.missing', local, local)])]
  }

  /** A message in UTF-8 as the system's bytes. */
  bytes(message: Buffer): Buffer {
    return bytesIn(message, this.charset)
  }

  /** `rsm:GovernmentDocument`, a notifier or a recall, alone: the SOAP transports put it into a message of theirs. */
  async write(outgoing: Outgoing): Promise<Result<Written>> {
    const places = new Places()
    const xml = await this.#xml(outgoing, places)
    if (!xml.ok) return bad(...xml.problems)
    const words = this.bytes(Buffer.from(xml.value.xml))
    const bytes = await places.filled(words, (sha256) => outgoing.open(sha256))
    return good({ bytes, mediaType: 'text/xml', extension: 'xml', files: [], spilled: [] })
  }

  async #xml(outgoing: Outgoing, places: Places): Promise<Result<Xml>> {
    const { envelope } = outgoing
    if (envelope.content === 'notice') return writeNotice(envelope.notice, this.organisations)
    return writeLetter(outgoing, envelope.letter, {
      organisations: this.organisations,
      limit: this.#limit,
      place: (sha256, size) => places.place(sha256, size),
      filenames: this.#filenames,
    })
  }
}

const fault = (position: string, problems: readonly [Problem, ...Problem[]]): Item => ({
  kind: 'fault',
  position,
  problems,
})
