// Holds a scanned document against the schema and names every fault.
import { type Problem, problem } from '../problem/problem.ts'
import { isBlank } from './characters.ts'
import type { ReadElement } from './scanned.ts'
import { type ChildRule, type ElementRule, envelopeRule } from './schema.ts'

/** Every fault of the document `root` (without its Signature) against the schema; none when it is valid. At most 100. */
export function schemaFaults(root: ReadElement): Problem[] {
  const validation = new Validation()
  if (matches(root, envelopeRule)) validation.check(root, envelopeRule)
  else validation.unexpected(root.name, envelopeRule.name)
  return validation.faults.slice(0, 100)
}

const matches = (element: ReadElement, rule: ElementRule): boolean =>
  element.name === rule.name && element.namespace === rule.namespace

class Validation {
  readonly faults: Problem[] = []
  /** From the root's child to where we are: made a path only for a fault. */
  readonly #trail: (string | number)[] = []

  check(element: ReadElement, rule: ElementRule): void {
    if (element.attributes.length !== 0 || rule.attributes.length !== 0) this.#checkAttributes(element, rule)
    const { value, orders } = rule
    if (value !== undefined) {
      const [child] = element.children
      if (child !== undefined) this.unexpected(child.name, value.words)
      else if (!value.fits(element.text)) this.#wrong(this.#path(), element.text, value.words)
      return
    }
    if (!isBlank(element.text))
      this.faults.push(problem('envelope.schema.text-unexpected', this.#path(), element.text))
    const only = orders?.length === 1 ? orders[0] : orders?.find((order) => knowsAll(order, element))
    this.#checkChildren(element, only ?? orders?.[0] ?? [])
  }

  /** There is a child that may not be there. */
  unexpected(found: string, expected: string): void {
    this.faults.push(problem('envelope.schema.child-unexpected', this.#path(), found, { expected }))
  }

  #checkChildren(element: ReadElement, order: readonly ChildRule[]): void {
    const { children } = element
    let at = 0
    for (const { rule, least, most } of order) {
      let count = 0
      for (; count < most; count++, at++) {
        const child = children[at]
        if (child === undefined || !matches(child, rule)) break
        this.#trail.push(rule.name)
        if (most > 1) this.#trail.push(count)
        this.check(child, rule)
        if (most > 1) this.#trail.pop()
        this.#trail.pop()
      }
      if (count < least) {
        const missing = { expected: rule.name }
        const path = this.#path(rule.name)
        this.faults.push(problem('envelope.schema.child-missing', path, children[at]?.name, missing))
        return // what follows is out of step: its faults would be echoes of this one
      }
    }
    const excess = children[at]
    if (excess !== undefined) this.unexpected(excess.name, 'nothing more')
  }

  #checkAttributes(element: ReadElement, rule: ElementRule): void {
    let known = 0
    for (const { prefix, name, value } of element.attributes) {
      const wanted = prefix === '' ? rule.attributes.find((each) => each.name === name)?.value : undefined
      if (wanted === undefined) {
        this.faults.push(problem('envelope.schema.attribute-unexpected', this.#path(`@${name}`), value))
        continue
      }
      known++
      if (!wanted.fits(value)) this.#wrong(this.#path(`@${name}`), value, wanted.words)
    }
    if (known === rule.attributes.length) return
    for (const { name } of rule.attributes)
      if (!element.attributes.some((attribute) => attribute.name === name))
        this.faults.push(problem('envelope.schema.attribute-missing', this.#path(`@${name}`)))
  }

  #wrong(path: string, value: string, expected: string): void {
    this.faults.push(problem('envelope.schema.value-wrong', path, value, { expected }))
  }

  #path(...further: readonly string[]): string {
    return [...this.#trail, ...further].join('.')
  }
}

const knowsAll = (order: readonly ChildRule[], { children }: ReadElement): boolean =>
  children.every((child) => order.some(({ rule }) => matches(child, rule)))
