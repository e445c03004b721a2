// A no as the product says it, and names and texts as PostgreSQL has them.
import type { Refusal } from './tokens.ts'

/** What cannot be said, or was refused: it goes to the client as the product's error. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly refusal: Refusal
  constructor(number: number, message: string, severity = 15) {
    super(message)
    this.refusal = { number, message, class: severity }
  }
}

export const syntax = (near: string): Refused => new Refused(102, `Incorrect syntax near '${near}'.`)

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`
