// The look-ups of the exchange: the clock, the organisations and the code lists.
import { mediaTypes } from '../../../letter/attachments.ts'
import { secrecyList, urgencyList } from '../../../letter/codes.ts'
import { moi, offices } from '../../../letter/offices.ts'
import type { Instant } from '../../../letter/time.ts'
import type { DoorAnswer } from '../../contract.ts'
import type { Organisations } from '../../formats/e-cms/organisations.ts'
import { printTime } from '../../formats/e-cms/write-letter.ts'
import { answer } from './answers.ts'

export const time = (at: Instant): DoorAnswer =>
  answer((write) => write.node('TimeCheckResponse', write.leaf('ECMSTime', printTime(at))))

/** The ministries whose offices exchange letters here: one. */
export const ministries = (organisations: Organisations): DoorAnswer =>
  answer((write) =>
    write.node(
      'GetMinistryOrganizationListResponse',
      write.node('MinistryOrganizationList', [
        write.leaf('En-Name', 'Ministry of Interior'),
        write.leaf('Th-Name', 'กระทรวงมหาดไทย'),
        write.leaf('MinistryID', organisations.ministryOf(moi)),
      ]),
    ),
  )

/**
 * All offices. One client reads `OrganizationList/name*` (English, then Thai), the other `En-Name` and `Th-Name`: both are
 * given. `url` is the asking client's own: every office is reached through it.
 */
export const organisationList = (organisations: Organisations, url: string): DoorAnswer =>
  answer((write) =>
    write.node(
      'GetOrganizationListResponse',
      offices.map((office) =>
        write.node('OrganizationList', [
          write.leaf('name', office.en),
          write.leaf('name', office.th),
          write.leaf('En-Name', office.en),
          write.leaf('Th-Name', office.th),
          write.leaf('ECMS-URL', url),
          write.leaf('OrganizationID', organisations.idOf(office.id)),
        ]),
      ),
    ),
  )

interface CodeEntry {
  readonly code?: string
  readonly th: string
}

const codes = (name: string, list: readonly CodeEntry[]): DoorAnswer =>
  answer((write) =>
    write.node(
      name,
      list.map((each) =>
        write.node('Code', [write.leaf('Value', each.code ?? ''), write.leaf('Description', each.th)]),
      ),
    ),
  )

export const secretCodes = (): DoorAnswer => codes('SecretCodes', secrecyList)
export const speedCodes = (): DoorAnswer => codes('SpeedCodes', urgencyList)

/** One line for each ending of file names. */
export const mimeCodes = (): DoorAnswer =>
  answer((write) =>
    write.node(
      'MimeCodes',
      mediaTypes.flatMap(({ type, extensions }) =>
        extensions.map((extension) =>
          write.node('Code', [write.leaf('File-Extension', extension), write.leaf('Content-type', type)]),
        ),
      ),
    ),
  )
