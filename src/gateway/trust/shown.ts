// The certificates that a profile shows to its system, in whatever channel they stand.
import { X509Certificate } from 'node:crypto'

/** PEM texts under a key `certificate`, each once; `value` is what a profile's channels resolve to. */
export function shownCertificates(value: unknown): readonly string[] {
  const found = new Set<string>()
  const look = (each: unknown): void => {
    if (typeof each !== 'object' || each === null) return
    for (const [key, inside] of Object.entries(each)) {
      if (key === 'certificate' && typeof inside === 'string' && isCertificate(inside)) found.add(inside)
      else look(inside)
    }
  }
  look(value)
  return [...found]
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    // Something else is named `certificate` there; whether a transport can use it is the transport's to say.
    return false
  }
}
