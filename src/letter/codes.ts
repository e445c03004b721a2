// Urgency, secrecy and kind: closed code lists, each value with its national code, its Thai name and since when it holds.
import { searchKey } from './search.ts'

/** One value of a code list. */
interface CodeEntry<Value extends string> {
  readonly value: Value
  /** The code of TH e-GIF e-CMS; absent where the national standard has none. */
  readonly code?: string
  readonly th: string
  /** The first day on which the value was in force, `yyyy-MM-dd`, Christian era. */
  readonly since: string
}

// Regulation of the Office of the Prime Minister on Correspondence, B.E. 2526, in force since 1 June 2526 (article 2;
// articles 11–27 for the kinds, 28 for urgency). Secrecy: Regulation on the Protection of Official Secrets, B.E. 2544
// (the day is assumed: 90 days after its publication).
const correspondenceRegulation = '1983-06-01'
const secrecyRegulation = '2001-05-24'

export const urgencies = ['ordinary', 'urgent', 'very-urgent', 'most-urgent'] as const
export type Urgency = (typeof urgencies)[number]

export const secrecies = ['ordinary', 'confidential', 'secret', 'top-secret'] as const
export type Secrecy = (typeof secrecies)[number]

export const kinds = ['external', 'internal', 'stamped', 'directive', 'public', 'record'] as const
export type Kind = (typeof kinds)[number]

/** How soon a letter must be dealt with (ชั้นความเร็ว). */
export const urgencyList: readonly CodeEntry<Urgency>[] = [
  { value: 'ordinary', code: '001', th: 'ปกติ', since: correspondenceRegulation },
  { value: 'urgent', code: '002', th: 'ด่วน', since: correspondenceRegulation },
  { value: 'very-urgent', code: '003', th: 'ด่วนมาก', since: correspondenceRegulation },
  { value: 'most-urgent', code: '004', th: 'ด่วนที่สุด', since: correspondenceRegulation },
]

/** Who may see a letter (ชั้นความลับ). */
export const secrecyList: readonly CodeEntry<Secrecy>[] = [
  { value: 'ordinary', code: '001', th: 'ปกติ', since: correspondenceRegulation },
  { value: 'confidential', code: '002', th: 'ลับ', since: secrecyRegulation },
  { value: 'secret', code: '003', th: 'ลับมาก', since: secrecyRegulation },
  { value: 'top-secret', code: '004', th: 'ลับที่สุด', since: secrecyRegulation },
]

/** The six kinds of official letters (ชนิดของหนังสือ). */
export const kindList: readonly CodeEntry<Kind>[] = [
  { value: 'external', th: 'หนังสือภายนอก', since: correspondenceRegulation },
  { value: 'internal', th: 'หนังสือภายใน', since: correspondenceRegulation },
  { value: 'stamped', th: 'หนังสือประทับตรา', since: correspondenceRegulation },
  { value: 'directive', th: 'หนังสือสั่งการ', since: correspondenceRegulation },
  { value: 'public', th: 'หนังสือประชาสัมพันธ์', since: correspondenceRegulation },
  { value: 'record', th: 'หนังสือที่เจ้าหน้าที่ทำขึ้นหรือรับไว้เป็นหลักฐานในราชการ', since: correspondenceRegulation },
]

export const urgencyNames = names(urgencyList)
export const secrecyNames = names(secrecyList)
export const kindNames = names(kindList)

const urgencyByCode = new Map(urgencyList.map((entry) => [entry.code, entry.value]))
const secrecyByCode = new Map(secrecyList.map((entry) => [entry.code, entry.value]))
const urgencyByName = new Map(urgencyList.map((entry) => [searchKey(entry.th), entry.value]))
const secrecyByName = new Map(secrecyList.map((entry) => [searchKey(entry.th), entry.value]))

/** The national code (ram:SpeedCode), `001` to `004`. */
export const urgencyCode = (urgency: Urgency): string => codeAt(urgencies.indexOf(urgency))
/** The urgency of exactly this national code, or undefined. */
export const urgencyOfCode = (code: string): Urgency | undefined => urgencyByCode.get(code)
/** The urgency of this Thai name, however it was typed, or undefined. */
export const urgencyOfName = (name: string): Urgency | undefined => urgencyByName.get(searchKey(name))

/** The national code (ram:SecretCode), `001` to `004`. */
export const secrecyCode = (secrecy: Secrecy): string => codeAt(secrecies.indexOf(secrecy))
/** The secrecy of exactly this national code, or undefined. */
export const secrecyOfCode = (code: string): Secrecy | undefined => secrecyByCode.get(code)
/** The secrecy of this Thai name, however it was typed, or undefined. */
export const secrecyOfName = (name: string): Secrecy | undefined => secrecyByName.get(searchKey(name))

const codeAt = (index: number): string => `00${index + 1}`

function names<Value extends string>(list: readonly CodeEntry<Value>[]): Readonly<Record<Value, string>> {
  const byValue: Partial<Record<Value, string>> = {}
  for (const entry of list) byValue[entry.value] = entry.th
  return byValue as Record<Value, string>
}
