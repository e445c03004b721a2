// Figures of many measurements.

/** The smallest value that a share of all is not above. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

export const median = (values: readonly number[]): number => percentile(values, 0.5)

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

export const seconds = (count: number): Promise<void> =>
  new Promise((go) => {
    setTimeout(go, count * 1000)
  })

/** Asks again and again until it is so. Throws after `longest` seconds, saying what it waited for. */
export async function until(what: string, isSo: () => Promise<boolean>, longest = 600): Promise<void> {
  const began = performance.now()
  while (!(await isSo())) {
    if (performance.now() - began > longest * 1000)
      throw new Error(`waited ${longest} s in vain until ${what}`)
    await seconds(0.05)
  }
}
