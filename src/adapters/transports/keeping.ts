// What the gateway's keeping says when more bytes come than it was told to keep (`AdapterVerbs.keep`).

/** Whether `keep` rejected because of the limit. By name: the class is the gateway's, and adapters know no gateway. */
export const tooLarge = (error: unknown): boolean => error instanceof Error && error.name === 'TooLarge'
