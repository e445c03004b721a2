// A sheet: rows of named cells as a system writes them into a file. Own code, not the gateway's: an independent judge.

export type Row = Readonly<Record<string, string>>

export interface Sheet {
  /** The ending of its files, without the dot. */
  readonly ending: string
  /** The rows under these columns, in this order. */
  write(rows: readonly Row[], columns: readonly string[]): Buffer
  /** `columns`: their names, where the file does not say them. */
  read(bytes: Buffer, columns: readonly string[]): readonly Row[]
}
