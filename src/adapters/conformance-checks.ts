// The names of what the conformance suite asks of every profile. A profile may waive one, with its reason.

/** In the order in which they are asked. `src/conformance/checks.ts` says what each proves. */
export const conformanceChecks = [
  'accepts',
  'rejects',
  'longest',
  'emptiest',
  'hostile',
  'garbage',
  'twice',
  'corrected',
  'slow',
  'down',
] as const

export type ConformanceCheck = (typeof conformanceChecks)[number]
