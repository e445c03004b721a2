// A message as a small tree, and how to look into it.
import type { Result } from '../../../problem/problem.ts'
import type { HeldContent } from '../../pieces.ts'

export interface XmlAttribute {
  readonly uri: string
  readonly local: string
  readonly value: string
}

export interface XmlElement {
  readonly uri: string
  readonly local: string
  readonly attributes: readonly XmlAttribute[]
  /** Elements and texts in their order; empty where `content` stands. */
  readonly children: readonly (XmlElement | string)[]
  /** The file of an element that holds base64, or why it cannot be decoded. */
  readonly content?: Result<HeldContent>
}

export const elementsOf = (element: XmlElement): readonly XmlElement[] =>
  element.children.filter((child): child is XmlElement => typeof child !== 'string')

/** The first child with this local name. */
export const child = (element: XmlElement | undefined, local: string): XmlElement | undefined =>
  element === undefined ? undefined : elementsOf(element).find((each) => each.local === local)

/** The text of an element, trimmed; empty when there is no such element. Texts of its child elements are not part of it. */
export const textOf = (element: XmlElement | undefined): string =>
  element === undefined
    ? ''
    : element.children
        .filter((each) => typeof each === 'string')
        .join('')
        .trim()

/** Text as sent. Only the indentation of a pretty-printed message is dropped: white space with a line break, at either end. */
export function plainText(element: XmlElement | undefined): string {
  if (element === undefined) return ''
  const text = element.children.filter((each) => typeof each === 'string').join('')
  if (!text.includes('\n')) return text
  const start = /^[ \t\r\n]*/.exec(text)?.[0] ?? ''
  const end = /[ \t\r\n]*$/.exec(text)?.[0] ?? ''
  if (text.length === start.length) return ''
  return text.slice(
    start.includes('\n') ? start.length : 0,
    text.length - (end.includes('\n') ? end.length : 0),
  )
}

export const attribute = (element: XmlElement, local: string): string | undefined =>
  element.attributes.find((each) => each.local === local)?.value
