// The two state machines of a letter's way, as tables: the delivery (one envelope to one office) and the letter (as its
// people see it, at one recipient). Whoever moves a state asks here; the diagrams in ARCHITECTURE.md are drawn from here.

/** state → event → next state. An event that a state does not list does not apply there. */
export type Table<State extends string, Event extends string> = Readonly<
  Record<State, Partial<Readonly<Record<Event, State>>>>
>

export type DeliveryState = 'due' | 'sending' | 'unknown' | 'taken' | 'refused' | 'given-up' | 'recalled'

export type DeliveryEvent =
  /** An attempt is begun: from here on bytes may leave. */
  | 'send'
  | 'taken'
  | 'refused'
  | 'unavailable'
  /** It may have arrived: the answer was lost, or the process died while sending. */
  | 'lost-answer'
  | 'give-up'
  | 'recall'
  | 'resend'
  /** A person wants it tried now, whatever its next attempt's time. */
  | 'hasten'
  /** Its time was set by a clock that was ahead, and is set anew. */
  | 'set-back'

/**
 * Recovery knows what may have left: of what is `due` nothing did, however far its attempt had come, and what was `sending` becomes
 * `unknown`. Both are tried again; with the same message id, so that the other side can tell (docs/decisions/0028).
 */
export const deliveryTable: Table<DeliveryState, DeliveryEvent> = {
  due: {
    ...{ send: 'sending', taken: 'taken', refused: 'refused', 'give-up': 'given-up', recall: 'recalled' },
    ...{ hasten: 'due', 'set-back': 'due' },
  },
  sending: {
    taken: 'taken',
    refused: 'refused',
    unavailable: 'due',
    'lost-answer': 'unknown',
    'give-up': 'given-up',
  },
  unknown: {
    send: 'sending',
    taken: 'taken',
    // By a system that polls now, and cannot be told this.
    refused: 'refused',
    'give-up': 'given-up',
    hasten: 'unknown',
    'set-back': 'unknown',
  },
  taken: {},
  refused: { resend: 'due' },
  'given-up': { resend: 'due', taken: 'taken' },
  recalled: {},
}

/** Whether a delivery in this state still has to be brought. */
export const isOpen = (state: DeliveryState): boolean =>
  state === 'due' || state === 'sending' || state === 'unknown'

export type LetterState =
  | 'sealed'
  | 'forwarding'
  | 'delivered'
  | 'registered'
  | 'refused'
  | 'wrong'
  | 'given-up'
  | 'recalled'

export type LetterEvent =
  | 'forward'
  /** The recipient has it: its system took it, or its `receive` notice came. */
  | 'receive'
  /** The recipient registered it under a receive number. */
  | 'accept'
  | 'reject'
  | 'invalid'
  | 'dispute'
  | 'give-up'
  | 'recall'
  | 'resend'

const ended = { recall: 'recalled', resend: 'forwarding', accept: 'registered' } as const

/**
 * A notice may overtake another, and may come late: a letter given up that was registered after all is registered. That it
 * has arrived is no news of one that was registered, refused or wrong since.
 */
export const letterTable: Table<LetterState, LetterEvent> = {
  sealed: {
    forward: 'forwarding',
    receive: 'delivered',
    accept: 'registered',
    reject: 'refused',
    invalid: 'wrong',
    'give-up': 'given-up',
    recall: 'recalled',
  },
  forwarding: {
    forward: 'forwarding',
    receive: 'delivered',
    accept: 'registered',
    reject: 'refused',
    invalid: 'wrong',
    'give-up': 'given-up',
    recall: 'recalled',
  },
  delivered: {
    receive: 'delivered',
    accept: 'registered',
    reject: 'refused',
    invalid: 'wrong',
    recall: 'recalled',
  },
  registered: { receive: 'registered', accept: 'registered', dispute: 'delivered', recall: 'recalled' },
  refused: { ...ended, receive: 'refused' },
  wrong: { ...ended, receive: 'wrong' },
  'given-up': { ...ended, receive: 'delivered', reject: 'refused', invalid: 'wrong' },
  recalled: { recall: 'recalled' },
}

/** The state after `event`, or undefined when the event does not apply in `state`. */
export function next<State extends string, Event extends string>(
  table: Table<State, Event>,
  state: State,
  event: Event,
): State | undefined {
  return table[state][event]
}
