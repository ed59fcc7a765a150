import type { EventName, Priority } from '../kernel/events.js';
import type { Role, SlotName } from '../gateway/views.js';

/** Whom the control room may be told to ring: not staff of the estate, so nobody who has a phone here. */
export const CALL_CONTACTS = [
  'district-station',
  'fire-brigade',
  'police',
  'ambulance',
  'water-company',
  'power-company',
] as const;

/** Who is meant by a level. */
export type Target =
  /** A role on the roster for the place's zone; `contractor` is one of them. */
  | { readonly kind: 'on-duty'; readonly role: Role; readonly duty: 'primary' | 'backup' | 'any' }
  /** One person by user name, on shift or not. */
  | { readonly kind: 'person'; readonly person: string }
  /** Everyone of the staff who is on shift for the place, whatever the role. Contractors are no staff. */
  | { readonly kind: 'everyone-on-shift' }
  /** A call that the control room makes: it is told whom to ring. */
  | { readonly kind: 'call'; readonly contact: (typeof CALL_CONTACTS)[number] };

export interface Level {
  /** Seconds since the slot's opening. */
  readonly afterS: number;
  readonly targets: readonly Target[];
}

export interface SlotPolicy {
  readonly slot: SlotName;
  readonly role: Role;
  /** Seconds after the ticket's opening at which the slot itself opens; before that it is pending. */
  readonly opensAfterS: number;
  readonly levels: readonly Level[];
  /** Seconds between repeats of unanswered pages (attempts of the same page); null = no repeats. */
  readonly repeatS: number | null;
}

/** Frozen into a ticket at its opening. */
export interface Policy {
  readonly id: string;
  readonly version: number;
  readonly slots: readonly SlotPolicy[];
}

/** From the widest to the most specific. */
export const POLICY_SCOPES = ['organisation', 'estate'] as const;
export type PolicyScope = (typeof POLICY_SCOPES)[number];

/** One event, a family of them (`elevator.*`), or all (`*`). */
export type PolicyEvent = EventName | `${string}.*` | '*';
export type PolicyPriority = Exclude<Priority, 'P4'>;

export interface PolicyKey {
  readonly scope: PolicyScope;
  readonly scopeId: string;
  readonly event: PolicyEvent;
  readonly priority: PolicyPriority;
}

/** A policy that somebody has published for an estate or an organisation. */
export interface StoredPolicy extends PolicyKey {
  readonly version: number;
  readonly slots: readonly SlotPolicy[];
}

const keyOf = (k: PolicyKey): string => `${k.scope}:${k.scopeId} ${k.event} ${k.priority}`;

/** Published policies, in memory: opening a ticket asks no database. */
export class EscalationPolicies {
  private readonly byKey: ReadonlyMap<string, StoredPolicy>;

  constructor(all: readonly StoredPolicy[] = []) {
    this.byKey = new Map(all.map((p) => [keyOf(p), p]));
  }

  /** What is published for exactly that event, family or `*`: the estate's own before its organisation's. */
  at(
    place: { readonly estate: string; readonly organisation: string | null },
    event: PolicyEvent,
    priority: PolicyPriority,
  ): StoredPolicy | undefined {
    const own = this.byKey.get(keyOf({ scope: 'estate', scopeId: place.estate, event, priority }));
    if (own || place.organisation === null) return own;
    return this.byKey.get(keyOf({ scope: 'organisation', scopeId: place.organisation, event, priority }));
  }
}
