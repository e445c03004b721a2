// The simple model: what people should see of a letter at one recipient, after what happened to it. Written without the state
// tables, which it judges.
export type Happening =
  | 'attempted'
  | 'receive'
  | 'accept'
  | 'reject'
  | 'invalid'
  | 'dispute'
  | 'recall'
  | 'resend'
  | 'give-up'

const onItsWay = ['sealed', 'forwarding']
const atABadEnd = ['refused', 'wrong', 'given-up']

export function after(state: string, happened: Happening): string {
  if (state === 'recalled') return state
  switch (happened) {
    case 'attempted':
      return state === 'sealed' ? 'forwarding' : state
    case 'receive':
      return onItsWay.includes(state) || state === 'given-up' ? 'delivered' : state
    case 'accept':
      return 'registered'
    case 'reject':
    case 'invalid': {
      const said = happened === 'reject' ? 'refused' : 'wrong'
      return onItsWay.includes(state) || state === 'delivered' || state === 'given-up' ? said : state
    }
    case 'dispute':
      return state === 'registered' ? 'delivered' : state
    case 'recall':
      return 'recalled'
    case 'resend':
      return atABadEnd.includes(state) ? 'forwarding' : state
    case 'give-up':
      return onItsWay.includes(state) ? 'given-up' : state
    default:
      return happened satisfies never
  }
}

/** Where it may stand after all of what happened, or, where a crash came between, after any part of it in order. */
export function possible(state: string, happened: readonly Happening[], crashed: boolean): Set<string> {
  let states = new Set([state])
  for (const each of happened) {
    const moved = [...states].map((from) => after(from, each))
    states = new Set(crashed ? [...states, ...moved] : moved)
  }
  return states
}
