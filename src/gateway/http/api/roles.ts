// Who may do what through the API: the one table. Everything else of the API asks it.
import type { OfficeId } from '../../../letter/offices.ts'

/** What a request needs. */
export type Right =
  /** Letters with their states, deliveries, attempts, notices, offices and profiles. */
  | 'see states'
  /** Subject and content of a letter, the reasons of notices, what other systems said of it. */
  | 'read text'
  /** The signed bytes. */
  | 'read envelopes'
  | 'read events'
  | 'see quarantine'
  /** Bring again what was refused or given up. */
  | 'resend'
  /** Send again with other words what was refused, called wrong or given up. */
  | 'correct'
  /** Retry and dismiss what is in quarantine. */
  | 'settle quarantine'
  | 'reload'

/**
 * What a role sees of secret letters (secrecy other than ordinary). `states`: that they are there, by number and state, and
 * never what they say · `granted`: all that the role sees of others, where the grant says `secret`, and nothing at all else.
 */
export type SecretView = 'states' | 'granted'

interface RoleDefinition {
  readonly rights: readonly Right[]
  readonly secret: SecretView
  /** `one`: it speaks for one office. */
  readonly offices: 'one' | 'any'
  /** Only where the settings allow testing. */
  readonly testing?: true
}

export const roles = {
  /** An e-document system that looks after its own letters. */
  system: { rights: ['see states', 'read text'], secret: 'granted', offices: 'one' },
  /** Keeps the gateway running. */
  operator: {
    rights: [
      'see states',
      'read text',
      'read events',
      'see quarantine',
      'resend',
      'correct',
      'settle quarantine',
      'reload',
    ],
    secret: 'states',
    offices: 'any',
  },
  /** Keeps an office's register of letters. */
  registrar: { rights: ['see states', 'read text', 'see quarantine'], secret: 'granted', offices: 'any' },
  /** Looks at everything and changes nothing. */
  auditor: {
    rights: ['see states', 'read text', 'read envelopes', 'read events', 'see quarantine'],
    secret: 'granted',
    offices: 'any',
  },
  /** Tries an installation that is no production. */
  tester: {
    rights: [
      'see states',
      'read text',
      'read envelopes',
      'read events',
      'see quarantine',
      'resend',
      'correct',
      'settle quarantine',
      'reload',
    ],
    secret: 'granted',
    offices: 'any',
    testing: true,
  },
} as const satisfies Record<string, RoleDefinition>

export type Role = keyof typeof roles

export const roleNames: readonly Role[] = ['system', 'operator', 'registrar', 'auditor', 'tester']

export const definitionOfRole = (role: Role): RoleDefinition => roles[role]

/** What the settings grant somebody. */
export interface Grant {
  /** Who it is: stands with every act. */
  readonly name: string
  readonly role: Role
  readonly offices: 'all' | readonly OfficeId[]
  /** Secret letters too. */
  readonly secret: boolean
}

export const may = ({ role }: Grant, right: Right): boolean => definitionOfRole(role).rights.includes(right)

/** Whether something of one of these offices is for this grant. */
export const concerns = ({ offices }: Grant, ...ids: readonly (string | null)[]): boolean =>
  offices === 'all' || ids.some((id) => offices.some((office) => office === id))

/** Whether the grant sees that a letter of this secrecy is there at all. */
export const seesLetter = (grant: Grant, secrecy: string): boolean =>
  secrecy === 'ordinary' || grant.secret || definitionOfRole(grant.role).secret === 'states'

/** Whether the grant may read what a letter of this secrecy says. Null: it could not be read, and may be any. */
export const readsText = (grant: Grant, secrecy: string | null): boolean =>
  may(grant, 'read text') &&
  (secrecy === 'ordinary' || (grant.secret && definitionOfRole(grant.role).secret === 'granted'))
