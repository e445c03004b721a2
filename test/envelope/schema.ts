// The published schema, run by libxml2: what our own strict reader is held against.
import { readFileSync } from 'node:fs'
import {
  ParseOption,
  XmlBufferInputProvider,
  XmlDocument,
  XmlValidateError,
  XsdValidator,
  xmlRegisterInputProvider,
} from 'libxml2-wasm'

const folder = new URL('../../schemas/envelope/1.0/', import.meta.url)
const files = ['envelope', 'government-document', 'correspondence-letter', 'signature', 'signed-properties']
const base = 'schema:/envelope/1.0/'

/** The validator of `schemas/envelope/1.0/envelope.xsd`; the schemas it imports come from the same folder only. */
export function openSchema(): XsdValidator {
  const read = (name: string): Uint8Array => readFileSync(new URL(`${name}.xsd`, folder))
  xmlRegisterInputProvider(
    new XmlBufferInputProvider(Object.fromEntries(files.map((name) => [`${base}${name}.xsd`, read(name)]))),
  )
  const schema = XmlDocument.fromBuffer(read('envelope'), { url: `${base}envelope.xsd` })
  try {
    return XsdValidator.fromDoc(schema)
  } finally {
    schema.dispose()
  }
}

/** What libxml2 says against a document; empty when it is valid, undefined when it is not well-formed. */
export function schemaVerdict(validator: XsdValidator, bytes: Uint8Array): string | undefined {
  let document: XmlDocument
  try {
    document = XmlDocument.fromBuffer(bytes, {
      option: ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE,
    })
  } catch {
    return undefined
  }
  try {
    validator.validate(document)
    return ''
  } catch (error) {
    if (error instanceof XmlValidateError) return error.message
    throw error
  } finally {
    document.dispose()
  }
}
