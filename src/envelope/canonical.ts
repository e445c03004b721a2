// Exclusive XML Canonicalization 1.0, asked as a question: are these bytes their own canonical form already?
import type { ScannedElement } from './scanned.ts'

interface Rendered {
  readonly prefix: string
  readonly uri: string
  readonly outer: Rendered | undefined
}

/**
 * Whether the text of `apex`, with the child `without` cut out, is its own exclusive canonical form: written plainly,
 * and each namespace declared exactly where it is used first (§3: on an element that uses it visibly, when no ancestor
 * within the apex has it). Attributes with a prefix never count as plain, so only the element's own prefix is used.
 */
export function isCanonical(apex: ScannedElement, without?: ScannedElement): boolean {
  return canonicalWithin(apex, undefined, without)
}

function canonicalWithin(
  element: ScannedElement,
  outer: Rendered | undefined,
  without: ScannedElement | undefined,
): boolean {
  if (!element.plain) return false
  let rendered = outer
  const known = renderedUri(outer, element.prefix) === element.namespace
  if (element.declarations.length !== (known ? 0 : 1)) return false
  if (!known) {
    if (element.declarations[0]?.prefix !== element.prefix) return false
    rendered = { prefix: element.prefix, uri: element.namespace, outer }
  }
  for (const child of element.children)
    if (child !== without && !canonicalWithin(child, rendered, without)) return false
  return true
}

function renderedUri(rendered: Rendered | undefined, prefix: string): string | undefined {
  for (let each = rendered; each !== undefined; each = each.outer) if (each.prefix === prefix) return each.uri
  // Without a declaration an element without a prefix is in no namespace, and `xmlns=""` is not written for it.
  return prefix === '' ? '' : undefined
}
