// The offices: the 76 provincial offices and the ministry's central inbox, as a dated code list.
import { bad, good, problem, type Result } from '../problem/problem.ts'
import { provinces } from './provinces.ts'
import { searchKey } from './search.ts'

declare const brand: unique symbol

/** The id of an office on the list: a province's TIS 1099 code (`50`), or `moi`. Only this module makes one. */
export type OfficeId = string & { readonly [brand]: 'OfficeId' }

export interface Office {
  readonly id: OfficeId
  readonly th: string
  readonly en: string
  /** The usual abbreviation, `ชม` for Chiang Mai. */
  readonly abbreviation: string
  /** What stands before the office's letter numbers. */
  readonly letters: string
  /** The national organisation id, ten digits. Assumed: see `organisationIdsAreAssumed`. */
  readonly organisationId: string
  /** Its first two digits with eight zeros: the ministry's own id. */
  readonly ministryId: string
  /** Who signs and receives for the office, as letters address him or her. */
  readonly jobTitle: string
  /** The first day of the office, `yyyy-MM-dd`, Christian era; absent when it is older than the list. */
  readonly since?: string
}

/** Other names of offices in one installation: any text → office id. They go before the list's own names. */
export type OfficeAliases = ReadonlyMap<string, OfficeId>

/**
 * No public list of the provinces' organisation ids was found, so those here are illustrative: `15` (the ministry), `1`,
 * the province code, five zeros; the ministry's own is probable. The true ones are set as `OfficeAliases`, without a
 * change of code.
 */
export const organisationIdsAreAssumed = true

const ministryId = '1500000000'
const ministryOrganisationId = '1500200000'

const onTheList = (id: string): OfficeId => id as OfficeId

/** The ministry's central inbox. */
export const moi: OfficeId = onTheList('moi')

const ministry: Office = {
  id: moi,
  th: 'สำนักงานปลัดกระทรวงมหาดไทย',
  en: 'Office of the Permanent Secretary, Ministry of Interior',
  abbreviation: 'สป.มท.',
  letters: 'มท',
  organisationId: ministryOrganisationId,
  ministryId,
  jobTitle: 'ปลัดกระทรวงมหาดไทย',
}

/** All 77 offices: the provinces by code, then the ministry. */
export const offices: readonly Office[] = [
  ...provinces.map(
    (province): Office => ({
      id: onTheList(province.code),
      th: `จังหวัด${province.th}`,
      en: province.en,
      abbreviation: province.abbreviation,
      letters: province.abbreviation,
      organisationId: `151${province.code}00000`,
      ministryId,
      jobTitle: `ผู้ว่าราชการจังหวัด${province.th}`,
      ...(province.since !== undefined && { since: province.since }),
    }),
  ),
  ministry,
]

const byId = new Map<string, Office>(offices.map((office) => [office.id, office]))
const byName = new Map<string, Office>(
  offices.flatMap((office) => namesOf(office).map((name) => [name, office])),
)

/** The office with exactly this id. */
export function officeId(text: string): Result<OfficeId> {
  const office = byId.get(text)
  if (office) return good(office.id)
  const meant = findOffice(text)
  if (meant) return bad(problem('letter.office.not-an-id', '', text, { id: meant.id, name: meant.th }))
  return bad(problem('letter.office.unknown', '', text))
}

/** The office of an id that is on the list. */
export function officeById(id: OfficeId): Office {
  const office = byId.get(id)
  if (!office) throw new Error(`an office id that is not on the list: ${id}`)
  return office
}

/**
 * The office that `text` names: by an alias, an id, a name in Thai or English with or without จังหวัด, an abbreviation, the
 * title of its head, or an organisation id of 5 or 10 digits. Exactly one or none: nothing is guessed.
 */
export function findOffice(text: string, aliases?: OfficeAliases): Office | undefined {
  const alias = aliases?.get(text.trim())
  if (alias !== undefined) return officeById(alias)
  if (text.length > longestName) return undefined
  return byId.get(text) ?? byName.get(nameKey(text))
}

/** Characters: no name of an office comes near it, and folding a longer text would be wasted. */
const longestName = 200

/** The name's key: as people type it, spaces, dots and hyphens do not tell two offices apart. */
function nameKey(name: string): string {
  return searchKey(name).replace(/[ .-]/g, '')
}

function namesOf(office: Office): string[] {
  const organisation = [office.organisationId, office.organisationId.slice(0, 5)]
  const names =
    office.id === moi
      ? [
          'moi',
          'ops-moi',
          office.en,
          'Ministry of Interior',
          office.th,
          'กระทรวงมหาดไทย',
          'มท',
          'สป.มท',
          office.jobTitle,
        ]
      : provinceNames(office)
  return [...organisation, ...names].map(nameKey)
}

function provinceNames(office: Office): string[] {
  const bare = office.th.slice('จังหวัด'.length)
  const places = [bare, office.th, `จ.${bare}`, `สำนักงานจังหวัด${bare}`, `ศาลากลางจังหวัด${bare}`]
  return [...places, office.id, office.jobTitle, office.abbreviation, office.en, `${office.en} Province`]
}
