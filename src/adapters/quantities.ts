// Durations and sizes as profiles write them.

const durations = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const sizes = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const

/** `5s`, `10m` → milliseconds. Throws for what the schema `duration` refuses. */
export const milliseconds = (text: string): number => quantity(text, durations)

/** `64KiB`, `2GiB` → bytes. Throws for what the schema `size` refuses. */
export const byteCount = (text: string): number => quantity(text, sizes)

function quantity(text: string, units: Readonly<Record<string, number>>): number {
  const parts = /^(\d{1,9})([A-Za-z]+)$/.exec(text)
  const unit = units[parts?.[2] ?? '']
  if (parts === null || unit === undefined) throw new RangeError(`not a quantity: ${text}`)
  return Number(parts[1]) * unit
}
