// One XML part of a spreadsheet, read without a tree: no DOCTYPE, no entities but XML's own, within bounds.
import { isUtf8 } from 'node:buffer'
import { SaxesParser } from 'saxes'
import { type Problem, problem } from '../../../problem/problem.ts'

/** Elements of SpreadsheetML and of relationships, by local name; attributes by local name, `r:id` for references. */
export interface XmlReader {
  open?(name: string, attributes: ReadonlyMap<string, string>): void
  text?(text: string): void
  close?(name: string): void
}

/** `silence`: characters of one name or value; a text that is longer is no cell's. */
const bounds = { depth: 64, attributes: 100 }

const relationship = /\/relationships$/
const known = /\/spreadsheetml\/(2006\/)?main$|\/package\/2006\/relationships$/

/** A fault that ends the reading of a part, thrown by readers too. */
export class Broken extends Error {
  override readonly name = 'Broken'
}

/** Reads a part. The problem with it, or nothing. */
export function readXml(bytes: Buffer, reader: XmlReader): Problem | undefined {
  if (!isUtf8(bytes)) return brokenBy('a part is not UTF-8')
  const parser = new SaxesParser({ xmlns: true })
  let depth = 0
  let attributes = 0
  let asked = { uri: '', known: false }
  // Nearly all elements of a part are of one namespace.
  const isKnown = (uri: string): boolean => {
    if (uri !== asked.uri) asked = { uri, known: known.test(uri) }
    return asked.known
  }
  parser.on('error', (error) => {
    throw new Broken(`a part is no XML: ${error.message.slice(0, 200)}`)
  })
  parser.on('doctype', () => {
    throw new Broken('a part has a DOCTYPE')
  })
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && !/^utf-?8$/i.test(encoding))
      throw new Broken(`a part declares the encoding ${encoding.slice(0, 40)}`)
  })
  parser.on('opentagstart', () => {
    attributes = 0
    depth += 1
    if (depth > bounds.depth) throw new Broken('its elements are too deep')
  })
  parser.on('attribute', () => {
    attributes += 1
    if (attributes > bounds.attributes) throw new Broken('an element has too many attributes')
  })
  parser.on('opentag', ({ uri, local, attributes: found }) => {
    const named = new Map<string, string>()
    for (const { uri: of, local: name, value } of Object.values(found))
      if (of === '') named.set(name, value)
      else if (relationship.test(of)) named.set(`r:${name}`, value)
    reader.open?.(isKnown(uri) ? local : `other:${local}`, named)
  })
  parser.on('text', (text) => reader.text?.(text))
  parser.on('cdata', (text) => reader.text?.(text))
  parser.on('closetag', ({ uri, local }) => {
    depth -= 1
    reader.close?.(isKnown(uri) ? local : `other:${local}`)
  })
  try {
    // A byte order mark is no part of the text.
    parser.write(new TextDecoder().decode(bytes)).close()
    return undefined
  } catch (error) {
    if (error instanceof Broken) return brokenBy(error.message)
    throw error
  }
}

export const brokenBy = (reason: string): Problem => problem('adapter.xlsx.broken', '', undefined, { reason })
