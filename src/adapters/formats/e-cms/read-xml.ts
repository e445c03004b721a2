// Reads a message into a small tree, bounded while it is read. Content in base64 becomes bytes and never part of the tree.
import { setImmediate } from 'node:timers/promises'
import { TextDecoder } from 'node:util'
import { type SaxesAttributeNS, SaxesParser } from 'saxes'
import { bad, good, type Problem, problem, type Result } from '../../../problem/problem.ts'
import { decodeBase64 } from './base64.ts'
import { customaryPrefixes } from './names.ts'
import type { XmlElement } from './xml.ts'

export interface XmlBounds {
  readonly depth: number
  readonly elements: number
  /** Attributes and namespace declarations of one element. */
  readonly attributes: number
  /** UTF-16 units of one text that is not base64, and of one attribute. */
  readonly text: number
  /** `&…;` in the whole message: each is slow to read. Base64 that was broken into lines has one for each line. */
  readonly references: number
}

/** A letter with 100 references and 100 attachments has fewer than 700 elements, at depth 9. */
export const usualBounds: XmlBounds = {
  depth: 32,
  elements: 20_000,
  attributes: 32,
  text: 65_536,
  references: 1_000_000,
}

/** The longest way to write one character: `&#x10FFFF;`. */
const longestReference = 10

export interface XmlDocument {
  readonly root: XmlElement
  /** Prefixes that the message used without declaring them, and what they customarily mean was taken. */
  readonly undeclared: readonly string[]
}

/** Elements whose content is base64: by local name, whatever their prefix. */
const isBinary = (local: string): boolean => local.endsWith('BinaryObject')

const chunkSize = 65_536
/** After so many bytes others get their turn: a large letter must not hold up the whole process. */
const turn = 16

/**
 * Reads well-formed UTF-8 XML within `bounds`. No DOCTYPE, no entities but the five of XML, no processing
 * instructions; an XML declaration may be there or not. Never throws for what the bytes hold.
 */
export async function readXml(bytes: Buffer, bounds: XmlBounds = usualBounds): Promise<Result<XmlDocument>> {
  const builder = new TreeBuilder(bounds)
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for (let at = 0, chunks = 1; at < bytes.length; at += chunkSize, chunks += 1) {
      builder.write(decodePart(decoder, bytes.subarray(at, at + chunkSize), at))
      if (chunks % turn === 0) await setImmediate()
    }
    builder.write(decodePart(decoder, undefined, bytes.length))
    return good(builder.end())
  } catch (thrown) {
    if (thrown instanceof Refusal) return bad(thrown.problem)
    throw thrown
  }
}

/** The same at once, for small documents: at most 4 MiB. */
export function readTree(bytes: Buffer, bounds: XmlBounds = usualBounds): Result<XmlDocument> {
  try {
    const builder = new TreeBuilder(bounds)
    builder.write(decodePart(new TextDecoder('utf-8', { fatal: true }), bytes, 0))
    return good(builder.end())
  } catch (thrown) {
    if (thrown instanceof Refusal) return bad(thrown.problem)
    throw thrown
  }
}

/** Leaves the parser, which knows no other way to stop; caught by `readXml` alone. */
class Refusal extends Error {
  readonly problem: Problem
  constructor(found: Problem) {
    super(found.code)
    this.problem = found
  }
}

function decodePart(decoder: TextDecoder, part: Buffer | undefined, at: number): string {
  try {
    return part === undefined ? decoder.decode() : decoder.decode(part, { stream: true })
  } catch (cause) {
    if (cause instanceof TypeError) {
      const found = `bytes that are no UTF-8, near byte ${at + soundBytes(part ?? Buffer.alloc(0)) + 1}`
      throw new Refusal(problem('ecms.encoding', '', undefined, { found }))
    }
    throw cause
  }
}

/** How many bytes come back unchanged: where the first wrong one stands. */
function soundBytes(part: Buffer): number {
  const again = Buffer.from(part.toString('utf8'))
  const at = part.findIndex((byte, index) => byte !== again[index])
  return at === -1 ? part.length : at
}

interface OpenElement {
  readonly uri: string
  readonly local: string
  readonly attributes: readonly XmlAttribute[]
  readonly children: (XmlElement | string)[]
  readonly binary: boolean
  readonly texts: string[]
  /** Pieces of base64 that did not go through the parser, and after how many characters of its next text they belong. */
  readonly aside: { readonly after: number; readonly pieces: string[] }
}

/** Base64 as it stands between tags. No carriage return: the parser would make something else of it. */
const pureBase64 = /^[A-Za-z0-9+/= \t\n]*$/

class TreeBuilder {
  readonly #bounds: XmlBounds
  readonly #parser: SaxesParser<{ xmlns: true }>
  readonly #open: OpenElement[] = []
  readonly #undeclared = new Set<string>()
  #root: XmlElement | undefined
  #elements = 0
  #attributes = 0
  /** Characters that the parser was given. */
  #given = 0
  /** Characters given since it last said anything. */
  #silence = 0
  #references = 0
  /** Lines that went past it: its own count of lines, which faults name, is that much behind. */
  #linesAside = 0
  /** Where the content of the binary element began whose start tag was read last, in characters given. */
  #contentAt = -1
  /** The binary element of which, since its start tag, nothing was read but base64. */
  #within: OpenElement | undefined

  constructor(bounds: XmlBounds) {
    this.#bounds = bounds
    this.#parser = new SaxesParser({
      xmlns: true,
      resolvePrefix: (prefix: string) => this.#customary(prefix),
    })
    this.#parser.on('error', (error) => this.#malformed(error.message.replace(/^\d+:\d+: /, '')))
    this.#parser.on('doctype', () => this.#forbidden('DOCTYPE'))
    this.#parser.on('processinginstruction', () => this.#forbidden('processing instruction'))
    this.#parser.on('xmldecl', ({ encoding }) => {
      if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) {
        throw new Refusal(
          problem('ecms.encoding', '', undefined, { found: `the declared encoding ${encoding}` }),
        )
      }
    })
    this.#parser.on('opentagstart', () => {
      this.#silence = 0
      this.#attributes = 0
      this.#elements += 1
      if (this.#elements > bounds.elements) this.#beyond('elements', bounds.elements)
    })
    this.#parser.on('attribute', ({ value }) => {
      this.#attributes += 1
      if (this.#attributes > bounds.attributes) this.#beyond('attributes on one element', bounds.attributes)
      this.#measure(value)
    })
    this.#parser.on('opentag', ({ uri, local, attributes }) =>
      this.#begin(uri, local, Object.values(attributes)),
    )
    this.#parser.on('text', (text) => this.#text(text))
    this.#parser.on('cdata', (text) => this.#text(text))
    this.#parser.on('closetag', () => this.#close())
  }

  /**
   * Gives the parser the next part. Parts that are nothing but base64, within an element that holds nothing else so far,
   * go past it, ten times as fast: such characters can neither end that element nor begin anything, whatever comes next.
   */
  write(text: string): void {
    if (this.#within !== undefined && pureBase64.test(text)) {
      this.#within.aside.pieces.push(text)
      this.#linesAside += text.split('\n').length - 1
      return
    }
    const before = this.#given
    this.#within = undefined
    this.#countReferences(text)
    this.#silence += text.length
    this.#parser.write(text)
    this.#given += text.length
    const element = this.#open.at(-1)
    // The parser says nothing of a text or a name before it ends, however long that takes.
    if (this.#silence > this.#bounds.text * longestReference + chunkSize && element?.binary !== true) {
      this.#beyond('characters in one text', this.#bounds.text)
    }
    const content = text.lastIndexOf('>') + 1
    const begun = element?.binary === true && this.#contentAt === before + content
    if (begun && pureBase64.test(text.slice(content))) {
      const aside = { after: text.length - content, pieces: [] }
      this.#within = { ...element, aside }
      this.#open[this.#open.length - 1] = this.#within
    }
  }

  end(): XmlDocument {
    this.#parser.close()
    if (this.#root === undefined) throw new Refusal(problem('ecms.body.empty', ''))
    return { root: this.#root, undeclared: [...this.#undeclared] }
  }

  #begin(uri: string, local: string, attributes: readonly SaxesAttributeNS[]): void {
    if (this.#open.length >= this.#bounds.depth) this.#beyond('levels of elements', this.#bounds.depth)
    this.#open.push({
      uri,
      local,
      // Namespace declarations have done their work.
      attributes: attributes
        .filter((each) => each.prefix !== 'xmlns' && each.name !== 'xmlns')
        .map((each) => ({ uri: each.uri, local: each.local, value: each.value })),
      children: [],
      binary: isBinary(local),
      texts: [],
      aside: { after: 0, pieces: [] },
    })
    if (isBinary(local)) this.#contentAt = this.#parser.position
  }

  #countReferences(text: string): void {
    for (let at = text.indexOf('&'); at !== -1; at = text.indexOf('&', at + 1)) this.#references += 1
    if (this.#references > this.#bounds.references) this.#beyond('references', this.#bounds.references)
  }

  #text(text: string): void {
    this.#silence = 0
    const element = this.#open.at(-1)
    // White space around the root belongs to nobody.
    if (element === undefined) return
    if (element.binary) {
      const { after, pieces } = element.aside
      element.texts.push(text.slice(0, after), ...pieces.splice(0), text.slice(after))
      return
    }
    this.#measure(text)
    element.children.push(text)
  }

  #close(): void {
    this.#silence = 0
    const open = this.#open.pop()
    if (open === undefined) return
    const { uri, local, attributes, children } = open
    const element: XmlElement = open.binary
      ? {
          uri,
          local,
          attributes,
          children,
          content: decodeBase64([...open.texts, ...open.aside.pieces].join('')),
        }
      : { uri, local, attributes, children }
    const parent = this.#open.at(-1)
    if (parent === undefined) this.#root = element
    else parent.children.push(element)
  }

  #customary(prefix: string): string | undefined {
    const uri = Object.hasOwn(customaryPrefixes, prefix) ? customaryPrefixes[prefix] : undefined
    if (uri !== undefined) this.#undeclared.add(prefix)
    return uri
  }

  #measure(text: string): void {
    if (text.length > this.#bounds.text) this.#beyond('characters in one text', this.#bounds.text)
  }

  #beyond(what: string, limit: number): never {
    throw new Refusal(problem('ecms.xml.bounds', '', undefined, { what, limit }))
  }

  #forbidden(found: string): never {
    throw new Refusal(problem('ecms.xml.forbidden', '', undefined, { found }))
  }

  #malformed(fault: string): never {
    const { line, column } = this.#parser
    throw new Refusal(
      problem('ecms.xml.malformed', '', undefined, { line: line + this.#linesAside, column, fault }),
    )
  }
}
