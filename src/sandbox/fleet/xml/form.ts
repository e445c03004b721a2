// The product “หนังสือเวียน XML” and its like: letters and notices as elements of XML documents.
import iconv from 'iconv-lite'
import type { Arrived, ArrivedLetter, Entry, ExchangeForm } from '../exchange/entry.ts'
import { type Element, readXml } from './tree.ts'

/** One installation's dialect. */
export interface Dialect {
  /** As iconv names it; `utf-8-bom` with a byte order mark. */
  readonly charset: string
  /** What its documents begin with, '' for nothing: true or not. */
  readonly declaration: string
  readonly begins: ExchangeForm['begins']
  /** What its charset cannot say is written as numeric references; if not said, as `?`. */
  readonly references?: true
  /** The whole of a document. */
  letter(entry: Entry): string
  accept(about: ArrivedLetter, receiveNumber: string, at: string): string
  /** The letters and notices below a root. */
  read(root: Element): readonly Arrived[]
}

export function dialectForm(dialect: Dialect): ExchangeForm {
  const { charset, declaration, begins, references } = dialect
  const written = (text: string) => ({
    document: encoded(`${declaration}${text}`, charset, references === true),
  })
  return {
    ending: '.xml',
    begins,
    letter: (entry) => written(dialect.letter(entry)),
    accept: (about, receiveNumber, at) => written(dialect.accept(about, receiveNumber, at)),
    read: ({ document }) =>
      dialect.read(readXml(iconv.decode(document, charset === 'utf-8-bom' ? 'utf-8' : charset))),
  }
}

function encoded(text: string, charset: string, references: boolean): Buffer {
  if (charset === 'utf-8-bom') return Buffer.from(`\ufeff${text}`)
  const characters = [...text].map((character) => {
    const sayable = iconv.decode(iconv.encode(character, charset), charset) === character
    return sayable || !references ? character : `&#x${character.codePointAt(0)?.toString(16)};`
  })
  return iconv.encode(characters.join(''), charset)
}
