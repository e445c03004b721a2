// Options that formats of many records have in common, in the same words.

/** How many letters one document may hold. */
export const recordsOption = {
  type: 'integer',
  minimum: 1,
  maximum: 100_000,
  default: 10_000,
  description: 'letters in one document, at most',
} as const

/** Whether cells that a spreadsheet would run are made harmless. */
export const formulasOption = {
  enum: ['guard', 'plain'],
  default: 'guard',
  description:
    'guard: cells that a spreadsheet would run are written with an apostrophe, and read without; plain: as they are',
} as const
