/** One measured figure. A ratio is against a limit or a rival measured in the same run. */
export interface Row {
  readonly what: string
  readonly value: number
  readonly unit: string
  readonly ratio?: number
  /** What the ratio is against. */
  readonly against?: string
  /** The bound that the project holds itself to, such as `>= 0.9`. */
  readonly expected?: string
  readonly ok?: boolean
}
