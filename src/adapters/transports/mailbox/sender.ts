// Whether a mail may be believed: who sent it, whether that is proved, and whether a person wrote it (attacks T6, T9).
import { type Problem, problem } from '../../../problem/problem.ts'
import { MailFault } from '../../formats/mail/fault.ts'
import type { Head } from '../../formats/mail/head.ts'
import { senderOf } from '../../formats/mail/read.ts'
import { isProved } from './authentication.ts'
import { domainOf, type FetchSettings } from './settings.ts'

export interface Judgement {
  /** The address in From, when there is exactly one. */
  readonly sender?: string
  readonly doubts: readonly Problem[]
}

/** Every reason for which a person must look at the mail before it is believed. */
export function judge(head: Head, { senders, authenticator }: FetchSettings): Judgement {
  const doubts: Problem[] = []
  const automatic = automaticSign(head)
  if (automatic !== undefined) doubts.push(problem('mail.sender.automatic', 'header', automatic))
  let sender: string | undefined
  try {
    sender = senderOf(head)
  } catch (error) {
    if (!(error instanceof MailFault)) throw error
    return { doubts: [...doubts, error.problem] }
  }
  if (!senders.has(sender.toLowerCase())) doubts.push(problem('mail.sender.stranger', 'from', sender))
  if (
    authenticator !== undefined &&
    !isProved(head.all('authentication-results'), authenticator, domainOf(sender))
  )
    doubts.push(problem('mail.sender.unproved', 'from', sender, { server: authenticator }))
  return { sender, doubts }
}

/** The header that says that no person wrote this mail (RFC 3834, RFC 3464, RFC 2919), if there is one. */
function automaticSign(head: Head): string | undefined {
  const submitted = head.all('auto-submitted').find((value) => !/^no\b/i.test(value))
  if (submitted !== undefined) return `Auto-Submitted: ${submitted.slice(0, 80)}`
  const precedence = head.all('precedence').find((value) => /^(bulk|list|junk|auto_reply)\b/i.test(value))
  if (precedence !== undefined) return `Precedence: ${precedence.slice(0, 80)}`
  // A report about a delivery comes from nobody, so that nobody answers it.
  if (head.all('return-path').some((value) => value.trim() === '<>')) return 'Return-Path: <>'
  return head.all('list-id').length > 0 ? 'List-Id' : undefined
}
