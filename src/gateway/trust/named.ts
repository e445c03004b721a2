// The certificates that a profile names, in whatever channel they stand: what it shows to its system, and what it knows it by.
import { certificatesIn } from '../../adapters/transports/tls.ts'

/** PEM texts, each once. */
export interface NamedCertificates {
  /** Under a key `certificate`. */
  readonly shown: readonly string[]
  /** Under a key `authority`. */
  readonly authorities: readonly string[]
}

/** `value` is what a profile's channels resolve to. What is no certificate is left out: whether a transport can use it is the transport's to say. */
export function namedCertificates(value: unknown): NamedCertificates {
  const found = { certificate: new Set<string>(), authority: new Set<string>() }
  const look = (each: unknown): void => {
    if (typeof each !== 'object' || each === null) return
    for (const [key, inside] of Object.entries(each)) {
      if (typeof inside !== 'string') look(inside)
      else if ((key === 'certificate' || key === 'authority') && certificatesIn(inside) !== undefined)
        found[key].add(inside)
    }
  }
  look(value)
  return { shown: [...found.certificate], authorities: [...found.authority] }
}
