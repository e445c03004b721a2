// The HTML of programs that write tables, read by an own scanner, many times as fast as a parser of all HTML. It knows a closed
// subset: elements that stand where they belong and are closed, so that no rule of HTML closes or moves one. Nothing else is guessed at.

/** What is told of a document, as the strict parser tells it. */
export interface TableSink {
  /** True when nothing more is wanted. */
  readonly stopped: boolean
  open(name: string, attributes: Readonly<Record<string, string>>): void
  close(name: string): void
  /** Text within a table; `reference`: written as one. False where only the strict parser says the same, to the character. */
  text(data: string, reference: boolean): boolean
}

const outside = ['', 'html', 'body']
const cells = ['td', 'th']
const sections = ['thead', 'tbody', 'tfoot']
const inline = ['b', 'i', 'u', 'em', 'font', 'span', 'strong']
const within = [...cells, ...inline]

/** Element → those in which it may stand; '' is the document. */
const parents = new Map<string, ReadonlySet<string>>(
  Object.entries({
    html: [''],
    head: ['html'],
    body: ['', 'html'],
    meta: [...outside, 'head'],
    style: [...outside, 'head'],
    title: [...outside, 'head'],
    table: outside,
    ...Object.fromEntries(sections.map((name) => [name, ['table']])),
    tr: ['table', ...sections],
    td: ['tr'],
    th: ['tr'],
    br: within,
    ...Object.fromEntries(inline.map((name) => [name, within])),
  }).map(([name, places]) => [name, new Set(places)]),
)
/** Elements without an end. */
const empty = new Set(['meta', 'br'])
/** Elements in which nothing is markup but their end. */
const raw = new Set(['style', 'title'])
const depth = 100

const openTag = /<([A-Za-z]+)((?:[ \t\r\n]+[A-Za-z][A-Za-z0-9:-]*=(?:"[^"&<>]*"|[A-Za-z0-9#%._-]+))*)>/y
const closeTag = /<\/([A-Za-z]+)>/y
const attribute = /([A-Za-z][A-Za-z0-9:-]*)=(?:"([^"]*)"|([^\s]+))/g

const references: readonly (readonly [string, string])[] = [
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&#39;', "'"],
  ['&nbsp;', '\u00a0'],
]

const none: Readonly<Record<string, string>> = Object.freeze({})

/** Tells `sink` of a document. False where anything in it is unusual: the sink was told a beginning of it then, and is of no more use. */
export const scanQuickly = (text: string, sink: TableSink): boolean => new Scanner(text, sink).read()

class Scanner {
  readonly #text: string
  readonly #sink: TableSink
  readonly #open: string[] = ['']
  #inTable = false
  #at = 0
  /** Where the next reference may begin. */
  #reference = -1

  constructor(text: string, sink: TableSink) {
    this.#text = text
    this.#sink = sink
  }

  read(): boolean {
    const text = this.#text
    while (!this.#sink.stopped) {
      const next = text.indexOf('<', this.#at)
      const end = next < 0 ? text.length : next
      if (this.#inTable && end > this.#at && !this.#said(end)) return false
      if (next < 0) return this.#open.length === 1
      this.#at = next
      if (text.charCodeAt(next + 1) === 0x2f ? !this.#close() : !this.#begin()) return false
    }
    return true
  }

  #begin(): boolean {
    const text = this.#text
    const parent = this.#open.at(-1) ?? ''
    const [name, attributes] = this.#plainCell() ?? this.#tag() ?? ['', none]
    if (!parents.get(name)?.has(parent) || this.#open.length > depth) return false
    this.#sink.open(name, attributes)
    if (empty.has(name)) this.#sink.close(name)
    else this.#open.push(name)
    if (name === 'table') this.#inTable = true
    if (raw.has(name)) {
      this.#at = text.indexOf('<', this.#at)
      return this.#at >= 0 && text.charCodeAt(this.#at + 1) === 0x2f && (this.#sink.stopped || this.#close())
    }
    return true
  }

  /** `<td>`, as most tags are. */
  #plainCell(): readonly [string, Readonly<Record<string, string>>] | undefined {
    const text = this.#text
    const at = this.#at
    if (text.charCodeAt(at + 3) !== 0x3e || text.charCodeAt(at + 1) !== 0x74) return undefined
    const plain = plainTags[text.charCodeAt(at + 2)]
    if (plain !== undefined) this.#at = at + 4
    return plain
  }

  #tag(): readonly [string, Readonly<Record<string, string>>] | undefined {
    openTag.lastIndex = this.#at
    const found = openTag.exec(this.#text)
    if (found === null) return undefined
    this.#at = openTag.lastIndex
    const [, name = '', said = ''] = found
    if (said === '') return [name.toLowerCase(), none]
    const attributes: Record<string, string> = {}
    for (const [, key = '', quoted, bare = ''] of said.matchAll(attribute)) {
      const known = key.toLowerCase()
      if (Object.hasOwn(attributes, known)) return undefined
      attributes[known] = quoted ?? bare
    }
    return [name.toLowerCase(), attributes]
  }

  #close(): boolean {
    const text = this.#text
    const name = this.#open.at(-1) ?? ''
    const end = this.#at + 2 + name.length
    if (name !== '' && text.startsWith(name, this.#at + 2) && text.charCodeAt(end) === 0x3e)
      this.#at = end + 1
    else {
      closeTag.lastIndex = this.#at
      if (closeTag.exec(text)?.[1]?.toLowerCase() !== name) return false
      this.#at = closeTag.lastIndex
    }
    this.#open.pop()
    this.#sink.close(name)
    if (name === 'table') this.#inTable = false
    return true
  }

  /** Text within a table, up to `end`. */
  #said(end: number): boolean {
    const text = this.#text
    for (;;) {
      // Looked for once, however many texts stand before it.
      if (this.#reference < this.#at) {
        const found = text.indexOf('&', this.#at)
        this.#reference = found < 0 ? text.length : found
      }
      const to = Math.min(end, this.#reference)
      if (to > this.#at && !this.#sink.text(text.slice(this.#at, to), false)) return false
      this.#at = to
      if (to === end) return true
      const known = references.find(([each]) => text.startsWith(each, to))
      if (known === undefined || !this.#sink.text(known[1], true)) return false
      this.#at = to + known[0].length
      if (this.#at === end) return true
    }
  }
}

/** By their second letter. */
const plainTags: Readonly<Record<number, readonly [string, Readonly<Record<string, string>>]>> = {
  100: ['td', none],
  104: ['th', none],
  114: ['tr', none],
}
