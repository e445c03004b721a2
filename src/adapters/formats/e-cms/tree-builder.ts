// Builds a small tree of what the parser says, within bounds. Base64 becomes bytes and never part of the tree.
import { type SaxesAttributeNS, SaxesParser } from 'saxes'
import { good, type Problem, problem, type Result } from '../../../problem/problem.ts'
import type { HeldContent } from '../../pieces.ts'
import { decodeBase64 } from './base64.ts'
import { customaryPrefixes } from './names.ts'
import type { XmlAttribute, XmlElement } from './xml.ts'

export interface XmlBounds {
  readonly depth: number
  readonly elements: number
  /** Attributes and namespace declarations of one element. */
  readonly attributes: number
  /** UTF-16 units of one text that is not base64, and of one attribute. */
  readonly text: number
  /** `&…;` in the whole message: each is slow to read. Base64 that was broken into lines has one for each line. */
  readonly references: number
  /** An undeclared prefix means nothing, instead of being a fault: for answers, which are found by local names. */
  readonly anyPrefix?: boolean
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

/** Characters that the builder is given at one time, at most; small documents may come at once. */
export const chunkSize = 65_536

/** Elements whose content is base64: by local name, whatever their prefix. */
const isBinary = (local: string): boolean => local.endsWith('BinaryObject')

/** Leaves the parser, which knows no other way to stop; caught in read-xml.ts alone. */
export class Refusal extends Error {
  readonly problem: Problem
  constructor(found: Problem) {
    super(found.code)
    this.problem = found
  }
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

export type FileOf = (text: string) => HeldContent | undefined

/** Characters of a text that stands for a file, with the blanks around it, at most: what is longer is the file itself. */
const mostToken = 1_000

/** What base64 may stand between: no other blank, which a file that is read as it stands would be refused for. */
const blanksAround = /^[ \t\r\n]+|[ \t\r\n]+$/g

/** Base64 as it stands between tags. No carriage return: the parser would make something else of it. */
const pureBase64 = /^[A-Za-z0-9+/= \t\n]*$/

export class TreeBuilder {
  readonly #bounds: XmlBounds
  readonly #fileOf: FileOf
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

  /** `fileOf`: the file for which a text stands that was put into its place. */
  constructor(bounds: XmlBounds, fileOf: FileOf = () => undefined) {
    this.#bounds = bounds
    this.#fileOf = fileOf
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
          content: this.#contentOf([...open.texts, ...open.aside.pieces].join('')),
        }
      : { uri, local, attributes, children }
    const parent = this.#open.at(-1)
    if (parent === undefined) this.#root = element
    else parent.children.push(element)
  }

  #contentOf(text: string): Result<HeldContent> {
    const file = text.length < mostToken ? this.#fileOf(text.replace(blanksAround, '')) : undefined
    return file === undefined ? decodeBase64(text) : good(file)
  }

  #customary(prefix: string): string | undefined {
    const known = Object.hasOwn(customaryPrefixes, prefix) ? customaryPrefixes[prefix] : undefined
    const uri = known ?? (this.#bounds.anyPrefix === true ? `undeclared:${prefix}` : undefined)
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
