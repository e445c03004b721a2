// A person says that a folder is right as it is, though it is not the one that it was or belongs to another gateway: by an empty file
// `.saraban/accept`. It counts for one look, and is taken away when it was needed: left there, it would consent to the next accident.

export interface Consent {
  /** Whether a person consents; from then on it counts as needed. */
  given(): Promise<boolean>
  /** The look is over, and what was consented to is so. */
  spend(): Promise<void>
}

/** `stands` looks for the file, `remove` takes it away. */
export function consentIn(stands: () => Promise<boolean>, remove: () => Promise<void>): Consent {
  let found: boolean | undefined
  return {
    given: async () => {
      found ??= await stands()
      return found
    },
    spend: async () => {
      if (found === true) await remove()
      found = false
    },
  }
}
