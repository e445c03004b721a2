// One XML part of a spreadsheet, read without a tree: no DOCTYPE, no entities but XML's own, within partLimits.
import { isUtf8 } from 'node:buffer'
import { SaxesParser } from 'saxes'
import { type Problem, problem } from '../../../problem/problem.ts'
import { knownNamespace, partLimits, relationshipNamespace, type XmlReader } from './part.ts'
import { readQuickly } from './quick.ts'

/** A fault that ends the reading of a part, thrown by readers too. */
export class Broken extends Error {
  override readonly name = 'Broken'
}

/** Reads a part with a reader that `make` makes, anew where a first look was not enough; and the problem with it, or nothing. */
export function readXml<Reader extends XmlReader>(
  bytes: Buffer,
  make: () => Reader,
): { readonly reader: Reader; readonly wrong: Problem | undefined } {
  let reader = make()
  if (!isUtf8(bytes)) return { reader, wrong: brokenBy('a part is not UTF-8') }
  // A byte order mark is no part of the text.
  const text = new TextDecoder().decode(bytes)
  try {
    if (!readQuickly(text, reader)) {
      reader = make()
      readStrictly(text, reader)
    }
    return { reader, wrong: undefined }
  } catch (error) {
    if (error instanceof Broken) return { reader, wrong: brokenBy(error.message) }
    throw error
  }
}

/** Reads any XML. Throws `Broken`. */
export function readStrictly(text: string, reader: XmlReader): void {
  const parser = new SaxesParser({ xmlns: true })
  let depth = 0
  let attributes = 0
  let asked = { uri: '', known: false }
  // Nearly all elements of a part are of one namespace.
  const isKnown = (uri: string): boolean => {
    if (uri !== asked.uri) asked = { uri, known: knownNamespace.test(uri) }
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
    if (depth > partLimits.depth) throw new Broken('its elements are too deep')
  })
  parser.on('attribute', () => {
    attributes += 1
    if (attributes > partLimits.attributes) throw new Broken('an element has too many attributes')
  })
  parser.on('opentag', ({ uri, local, attributes: found }) => {
    const named = new Map<string, string>()
    for (const { uri: of, local: name, value } of Object.values(found))
      if (of === '') named.set(name, value)
      else if (relationshipNamespace.test(of)) named.set(`r:${name}`, value)
    reader.open?.(isKnown(uri) ? local : `other:${local}`, named)
  })
  parser.on('text', (text) => reader.text?.(text))
  parser.on('cdata', (text) => reader.text?.(text))
  parser.on('closetag', ({ uri, local }) => {
    depth -= 1
    reader.close?.(isKnown(uri) ? local : `other:${local}`)
  })
  parser.write(text).close()
}

export const brokenBy = (reason: string): Problem => problem('adapter.xlsx.broken', '', undefined, { reason })
