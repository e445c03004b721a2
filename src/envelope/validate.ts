// Holds a scanned document against the schema and names every fault.
import { type Problem, problem } from '../problem/problem.ts'
import { isBlank } from './characters.ts'
import { namespaces } from './namespaces.ts'
import type { ScannedElement } from './scanned.ts'
import { type ChildRule, type ElementRule, envelopeRule, noAttributes } from './schema.ts'

/** Every fault of the document `root` (without its Signature) against the schema; none when it is valid. At most 100. */
export function schemaFaults(root: ScannedElement): Problem[] {
  const faults: Problem[] = []
  if (matches(root, envelopeRule)) check(root, envelopeRule, '', faults)
  else
    faults.push(problem('envelope.schema.child-unexpected', '', root.name, { expected: envelopeRule.name }))
  return faults.slice(0, 100)
}

const matches = (element: ScannedElement, rule: ElementRule): boolean =>
  element.name === rule.name && element.namespace === namespaces[rule.prefix]

function check(element: ScannedElement, rule: ElementRule, path: string, faults: Problem[]): void {
  checkAttributes(element, rule, path, faults)
  if (rule.value !== undefined) {
    const [child] = element.children
    if (child !== undefined)
      faults.push(
        problem('envelope.schema.child-unexpected', path, child.name, { expected: rule.value.words }),
      )
    else if (!rule.value.pattern.test(element.text))
      faults.push(problem('envelope.schema.value-wrong', path, element.text, { expected: rule.value.words }))
    return
  }
  if (!isBlank(element.text)) faults.push(problem('envelope.schema.text-unexpected', path, element.text))
  const orders = rule.orders ?? []
  const fitting = orders.length === 1 ? undefined : orders.find((order) => knowsAll(order, element.children))
  checkChildren(element, fitting ?? orders[0] ?? [], path, faults)
}

const knowsAll = (order: readonly ChildRule[], children: readonly ScannedElement[]): boolean =>
  children.every((child) => order.some(({ rule }) => matches(child, rule)))

function checkChildren(
  element: ScannedElement,
  order: readonly ChildRule[],
  path: string,
  faults: Problem[],
): void {
  const { children } = element
  let at = 0
  for (const { rule, least, most } of order) {
    let count = 0
    for (; count < most; count++, at++) {
      const child = children[at]
      if (child === undefined || !matches(child, rule)) break
      check(child, rule, under(path, rule.name, most === 1 ? -1 : count), faults)
    }
    if (count < least) {
      const found = children[at]
      const missing = { expected: rule.name }
      faults.push(problem('envelope.schema.child-missing', under(path, rule.name), found?.name, missing))
      return // what follows is out of step: its faults would be echoes of this one
    }
  }
  const excess = children[at]
  if (excess !== undefined)
    faults.push(problem('envelope.schema.child-unexpected', path, excess.name, { expected: 'nothing more' }))
}

function checkAttributes(element: ScannedElement, rule: ElementRule, path: string, faults: Problem[]): void {
  if (element.attributes.length === 0 && rule.attributes === noAttributes) return
  let known = 0
  for (const { prefix, name, value } of element.attributes) {
    const wanted = prefix === '' && Object.hasOwn(rule.attributes, name) ? rule.attributes[name] : undefined
    if (wanted === undefined) {
      faults.push(problem('envelope.schema.attribute-unexpected', under(path, `@${name}`), value))
      continue
    }
    known++
    if (!wanted.pattern.test(value))
      faults.push(
        problem('envelope.schema.value-wrong', under(path, `@${name}`), value, { expected: wanted.words }),
      )
  }
  const names = Object.keys(rule.attributes)
  if (known === names.length) return
  for (const name of names)
    if (!element.attributes.some((attribute) => attribute.name === name))
      faults.push(problem('envelope.schema.attribute-missing', under(path, `@${name}`)))
}

const under = (path: string, name: string, index = -1): string =>
  `${path}${path === '' ? '' : '.'}${name}${index === -1 ? '' : `.${index}`}`
