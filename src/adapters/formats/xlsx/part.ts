// What a reader of a spreadsheet's XML parts is told, whichever way they are read.

/** Elements of SpreadsheetML and of relationships, by local name; attributes by local name, `r:id` for references. */
export interface XmlReader {
  /** `attributes` are this element's until the next one. */
  open?(name: string, attributes: XmlAttributes): void
  text?(text: string): void
  close?(name: string): void
}

export interface XmlAttributes {
  get(name: string): string | undefined
}

/** Of one part: elements within elements, attributes of one element. */
export const partLimits = { depth: 64, attributes: 100 }

export const relationshipNamespace = /\/relationships$/
export const knownNamespace = /\/spreadsheetml\/(2006\/)?main$|\/package\/2006\/relationships$/
