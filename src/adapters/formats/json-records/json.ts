// A value of JSON that keeps the text of its numbers, digit for digit.
export type Json =
  | { readonly kind: 'text' | 'number' | 'boolean'; readonly text: string }
  | { readonly kind: 'null' }
  | { readonly kind: 'list'; readonly items: readonly Json[] }
  | JsonObject

export interface JsonObject {
  readonly kind: 'object'
  readonly members: ReadonlyMap<string, Json>
}

/** Keys by which a careless reader would change objects that are not its own. */
export const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])
