// The text of one HTML cell ↔ its markup: white space as browsers and Excel take it.

const spaces = /[ \t\n\r\f]+/
/** White space that is more than one space between words; most texts have none. */
const spread = /[\t\n\r\f]| {2}|^ | $|^$/

/**
 * Gathers the text of a cell. White space in the source is one space between words and nothing at the edges; what is written
 * as a reference (`&#9;`), or in a span that Excel marks as spaces, stands as it is.
 */
export class CellText {
  #text = ''
  #space = false
  #broken = false

  /** Characters as they stand in the source. */
  source(data: string): void {
    if (!spread.test(data)) {
      this.exact(data)
      return
    }
    for (const [index, word] of data.split(spaces).entries()) {
      if (index > 0) this.#space = true
      if (word === '') continue
      this.#flush()
      this.#text += word
    }
  }

  /** Characters that stand exactly so. */
  exact(data: string): void {
    if (this.#text !== '' || this.#broken) this.#flush()
    this.#space = false
    this.#text += data
  }

  lineBreak(): void {
    this.#settle()
    this.#text += '\n'
    this.#space = false
  }

  /** The edge of a paragraph: a line break, when text stands on both sides of it. */
  paragraph(): void {
    this.#space = false
    this.#broken = this.#text !== '' && !this.#text.endsWith('\n')
  }

  get length(): number {
    return this.#text.length
  }

  toString(): string {
    return this.#text
  }

  #flush(): void {
    const behindBreak = this.#broken || this.#text === '' || this.#text.endsWith('\n')
    this.#settle()
    if (this.#space && !behindBreak) this.#text += ' '
    this.#space = false
  }

  #settle(): void {
    if (this.#broken) this.#text += '\n'
    this.#broken = false
  }
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\t': '&#9;',
  '\r': '&#13;',
  '\n': '<br>',
}

/** Spaces that a browser would swallow, as Excel writes them: `mso-spacerun` turns the no-break spaces into spaces again. */
const spaceRun = (run: string): string =>
  `<span style="mso-spacerun:yes">${'&nbsp;'.repeat(run.length)}</span>`

/** What `markupOf` writes otherwise; Thai letters and ASCII every charset has. */
const special = /[&<>"'\t\r\n]|[^\u0000-\u007f\u0e01-\u0e3a\u0e3f-\u0e5b]| {2}|^ | $/

/** The markup of a text. Characters that `unsayable` finds stand as numeric references. */
export function markupOf(text: string, unsayable: (character: string) => boolean): string {
  if (!special.test(text)) return text
  const escaped = text.replace(/[&<>"']/g, (character) => references[character] ?? character)
  return escaped
    .replace(/ {2,}|^ | $| (?=[\t\r\n])|(?<=[\t\r\n]) /g, spaceRun)
    .replace(/[\t\r\n]/g, (character) => references[character] ?? character)
    .replace(/[^\u0000-\u007f\u0e01-\u0e3a\u0e3f-\u0e5b]/gu, (character) =>
      unsayable(character) ? `&#${character.codePointAt(0)};` : character,
    )
}

/** Whether a span's style says that its no-break spaces are spaces. */
export const isSpaceRun = (style: string | undefined): boolean => /mso-spacerun\s*:\s*yes/i.test(style ?? '')
