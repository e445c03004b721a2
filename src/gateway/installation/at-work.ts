// The installation that a gateway works with at present. Everybody looks here, so that it can change under a running gateway.
import type { Adapter } from '../../adapters/contract.ts'
import { type DeliveryPolicy, usualPolicy } from '../../adapters/delivery-policy.ts'
import type { Trust } from '../../envelope/envelope.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { Clock } from '../../letter/time.ts'
import type { Signers } from '../desk.ts'
import type { Mode } from '../journal/deliveries.ts'
import { type OfficeKey, signerAt } from '../trust/folder.ts'
import type { Installation } from './installation.ts'
import type { ConnectedSystem } from './systems.ts'

export class AtWork {
  #installation: Installation
  /** To whom deliveries go. While a system is being changed it is still the one before. */
  readonly adapters = new Map<OfficeId, Adapter>()
  /** Whom this gateway speaks for. */
  readonly signers: Signers
  /** Whoever holds this believes whom the installation believes at the time. */
  readonly trust: Trust

  constructor(installation: Installation, clock: Clock) {
    this.#installation = installation
    const current = () => this.#installation.trust
    this.trust = {
      get authority() {
        return current().authority
      },
      certificatesOf: (office) => current().certificatesOf(office),
    }
    this.signers = {
      has: (office) => this.#keyOf(office) !== undefined,
      get: (office) => {
        const key = this.#keyOf(office)
        return key && signerAt(key, this.trust.authority, clock.now())
      },
    }
    for (const [office, { adapter }] of installation.systems) this.adapters.set(office, adapter)
  }

  get installation(): Installation {
    return this.#installation
  }

  get systems(): ReadonlyMap<OfficeId, ConnectedSystem> {
    return this.#installation.systems
  }

  /** From now on: trust, keys, and which office can be written to, in which way. Adapters are changed one by one. */
  become(installation: Installation): void {
    this.#installation = installation
  }

  /** An office whose system seals by itself speaks for itself, whatever keys lie around here. */
  #keyOf(office: OfficeId): OfficeKey | undefined {
    const { keys, systems } = this.#installation
    return systems.get(office)?.adapter.receipts === false ? keys.get(office) : undefined
  }

  /** How deliveries to an office begin; undefined when no system of it is connected. */
  modeOf(office: OfficeId): Mode | undefined {
    const system = this.systems.get(office)
    return system && modeOf(system.adapter)
  }

  /** How deliveries to an office are made, as its profile says. */
  policyOf(office: OfficeId): DeliveryPolicy {
    return this.systems.get(office)?.adapter.policy ?? usualPolicy
  }
}

export const modeOf = (adapter: Adapter): Mode => (adapter.deliver === undefined ? 'poll' : 'push')
