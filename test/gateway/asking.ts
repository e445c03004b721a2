// Questions of a test to a server, counted: until all of them are answered nothing is at rest.

export interface Asking {
  /** Counts an answer that is still to come, and gives it on. */
  counted<Value>(answer: Promise<Value>): Promise<Value>
  /** Whether one is still to come. */
  isAsked(): boolean
}

export function asking(): Asking {
  let asked = 0
  return {
    async counted(answer) {
      asked += 1
      try {
        return await answer
      } finally {
        asked -= 1
      }
    },
    isAsked: () => asked > 0,
  }
}
