// What every installation of the exchange has of its own: its office, and a password that nobody else knows.
import { type OfficeId, officeId } from '../../../letter/offices.ts'
import type { Random } from '../../../letter/time.ts'

export function provinceOf(id: string): OfficeId {
  const found = officeId(id)
  if (!found.ok) throw new Error(`no office ${id}`)
  return found.value
}

/** 144 bits, as people can copy them. */
export const secretOf = (random: Random): string => Buffer.from(random(18)).toString('base64url')
