// What tables of dBase and FoxPro look like on disk, as their makers' manuals say: the sandbox's own reading of them.

/** One column: `C` text, `N` number, `D` day, `L` truth, `M` memo. `length` of C and N; `decimals` of N. */
export type Column = readonly [
  name: string,
  type: 'C' | 'N' | 'D' | 'L' | 'M',
  length?: number,
  decimals?: number,
]

export interface Layout {
  readonly version: 'dbase3' | 'dbase4' | 'foxpro'
  /** As iconv names it. */
  readonly charset: string
  /** Byte 29, whatever it says about the charset. */
  readonly codePage: number
  readonly columns: readonly Column[]
}

export type Row = Readonly<Record<string, string>>

export const lengthOf = ([, type, length = 1]: Column): number =>
  ({ C: length, N: length, D: 8, L: 1, M: 10 })[type]

/** Bytes of a block of the memo file. */
export const blockOf = ({ version }: Pick<Layout, 'version'>): number => (version === 'foxpro' ? 64 : 512)
