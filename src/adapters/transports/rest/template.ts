// Addresses and bodies with places, `{name}`. What is put into a place comes from outside: it is checked, and encoded for
// where it stands, so that no value becomes another path, another parameter or another field (attacks T3).

/** A value for a place: printable, at most 200 characters, no path of its own. */
const usable = /^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u

const place = /\{([^{}]*)\}/g

export type Places = Readonly<Record<string, string | undefined>>

/** The names of the places of a template, `field:รหัส` among them. */
export const placesOf = (template: string): readonly string[] =>
  [...template.matchAll(place)].map((match) => match[1] ?? '')

/** Whether `places` may stand in a template; `field:` is followed by any name. */
export const unknownPlace = (template: string, places: readonly string[]): string | undefined =>
  placesOf(template).find(
    (name) => !places.includes(name) && !(places.includes('field:') && /^field:./.test(name)),
  )

/** A template filled in for an address: each value one segment or one parameter. The missing place's name when it cannot be. */
export const addressOf = (template: string, places: Places): Filled =>
  filled(template, places, (value) => (/^\.{1,2}$/.test(value) ? undefined : encodeURIComponent(value)))

/** A template filled in with the values as they are, for a place that is encoded as a whole. */
export const textOf = (template: string, places: Places): Filled => filled(template, places, (value) => value)

export type Filled =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly place: string }

function filled(template: string, places: Places, encode: (value: string) => string | undefined): Filled {
  let missing: string | undefined
  const text = template.replace(place, (_, name: string) => {
    const value = Object.hasOwn(places, name) ? places[name] : undefined
    const written = value !== undefined && usable.test(value) ? encode(value) : undefined
    if (written === undefined) missing ??= name
    return written ?? ''
  })
  return missing === undefined ? { ok: true, text } : { ok: false, place: missing }
}
