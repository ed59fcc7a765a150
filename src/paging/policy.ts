import type {
  Policy,
  PolicyEvent,
  PolicyPriority,
  PolicyScope,
  SlotPolicy,
  StoredPolicy,
  Target,
} from '../estate/escalation-policy.js';
import type { EventName, Priority } from '../kernel/events.js';
import type { Role } from '../gateway/views.js';

export type { Level, Policy, SlotPolicy, Target } from '../estate/escalation-policy.js';

const onDuty = (role: Role, duty: 'primary' | 'backup' | 'any' = 'primary'): Target => ({
  kind: 'on-duty',
  role,
  duty,
});

/** The last resort of every slot: no level may end with nobody told (domain: "the last resort always rings the control room"). */
export const LAST_RESORT: readonly Target[] = [onDuty('control-room', 'any')];

const RESPONDER_P1: SlotPolicy = {
  slot: 'responder',
  role: 'butler',
  opensAfterS: 0,
  levels: [
    { afterS: 0, targets: [onDuty('butler'), onDuty('security', 'any')] },
    { afterS: 60, targets: [onDuty('butler', 'backup'), onDuty('supervisor', 'any')] },
    { afterS: 120, targets: [onDuty('project-manager', 'any')] },
  ],
  repeatS: 60,
};
const RESCUER: SlotPolicy = {
  slot: 'rescuer',
  role: 'contractor',
  opensAfterS: 0,
  levels: [
    { afterS: 0, targets: [onDuty('contractor')] },
    { afterS: 60, targets: [onDuty('contractor', 'backup')] },
    { afterS: 180, targets: [{ kind: 'call', contact: 'district-station' }] },
  ],
  repeatS: 60,
};
const COORDINATOR: SlotPolicy = {
  slot: 'coordinator',
  role: 'control-room',
  opensAfterS: 0,
  levels: [
    { afterS: 0, targets: [onDuty('control-room', 'any')] },
    { afterS: 60, targets: [onDuty('supervisor', 'any')] },
  ],
  repeatS: 10,
};

const responder = (first: readonly Target[], limitS: number): SlotPolicy => ({
  slot: 'responder',
  role: 'butler',
  opensAfterS: 0,
  levels: [
    { afterS: 0, targets: first },
    { afterS: limitS, targets: [onDuty('butler', 'backup'), onDuty('supervisor', 'any')] },
    { afterS: 2 * limitS, targets: [onDuty('project-manager', 'any')] },
  ],
  repeatS: limitS,
});
/** P3: one notice to the role on shift; the supervisor only when its clock runs out. */
const notice = (first: readonly Target[]): SlotPolicy => ({
  slot: 'responder',
  role: 'butler',
  opensAfterS: 0,
  levels: [
    { afterS: 0, targets: first },
    { afterS: 900, targets: [onDuty('supervisor', 'any')] },
  ],
  repeatS: null,
});

const ENTRAPMENT: Policy = { id: 'p1-lift', version: 1, slots: [RESPONDER_P1, RESCUER, COORDINATOR] };
/** A button alone: the coordinator speaks with the car first (domain §7). */
const ALARM_BUTTON: Policy = {
  id: 'p1-lift-button',
  version: 1,
  slots: [{ ...RESPONDER_P1, opensAfterS: 30 }, { ...RESCUER, opensAfterS: 90 }, COORDINATOR],
};
const P1_PLACE: Policy = { id: 'p1-place', version: 1, slots: [RESPONDER_P1, COORDINATOR] };
const waterP2: Policy = {
  id: 'p2-water',
  version: 1,
  slots: [responder([onDuty('butler'), onDuty('engineer', 'any')], 180)],
};
const roleP3 = (role: Role): Policy => ({ id: `p3-${role}`, version: 1, slots: [notice([onDuty(role, 'any')])] });
/** Where somebody may have broken in, or a lane is blocked, the patrol goes; the butler knows. */
const gateP2: Policy = {
  id: 'p2-gate',
  version: 1,
  slots: [responder([onDuty('security', 'any'), onDuty('butler')], 180)],
};
const butlerP3: Policy = { id: 'p3-butler', version: 1, slots: [notice([onDuty('butler')])] };

/** P2 in general: butler and engineer of the place. */
const P2_GENERAL: Policy = waterP2;

const BY_EVENT: Partial<Record<EventName, Partial<Record<Priority, Policy>>>> = {
  'elevator.entrapment-between-floors': { P1: ENTRAPMENT },
  'elevator.entrapment-at-level': { P1: ENTRAPMENT },
  'elevator.silent-with-people': { P1: ENTRAPMENT },
  'elevator.stopped-between-floors': { P1: ENTRAPMENT },
  'elevator.alarm-button': { P1: ALARM_BUTTON },
  'gate.held-open': { P3: roleP3('security') },
  'gate.barrier-stuck': { P2: gateP2, P3: roleP3('security') },
  'gate.forced-open': { P2: gateP2 },
  'gate.denied-burst': { P3: roleP3('security') },
  'gate.tamper': { P3: roleP3('security') },
  'elevator.ebike': { P2: gateP2 },
  'meter.vacant-flow': { P3: butlerP3 },
  'elevator.alarm-path': { P3: roleP3('contractor') },
};

/** Where a policy comes from. `event`: the event, family or `*` that it is published for; null = built in. */
export interface PolicySource {
  readonly scope: 'built-in' | PolicyScope;
  readonly scopeId: string | null;
  readonly event: PolicyEvent | null;
}

/** What is published for exactly that event, family or `*` in the estate at hand. */
export type PublishedPolicies = (event: PolicyEvent, priority: PolicyPriority) => StoredPolicy | undefined;

const NOTHING_PUBLISHED: PublishedPolicies = () => undefined;
const BUILT_IN: PolicySource = { scope: 'built-in', scopeId: null, event: null };

/** `elevator.*` for `elevator.overspeed`. */
export const familyOf = (event: EventName): PolicyEvent => `${event.slice(0, event.indexOf('.'))}.*`;

/** What holds for an event where nobody has published anything. P4 opens no ticket; by a rise in priority it may. */
export const builtInPolicy = (event: EventName, priority: Priority): Policy =>
  BY_EVENT[event]?.[priority] ?? generalPolicy(priority);

/** The built-in policy of a priority, for events that have none of their own. */
export const generalPolicy = (priority: Priority): Policy =>
  priority === 'P1' ? P1_PLACE : priority === 'P2' ? P2_GENERAL : roleP3('engineer');

/**
 * The policy in force for an event, the most specific first: published for the event, built in for the event, published
 * for its family, published for all, built in for the priority; in each the estate's before its organisation's. The
 * event counts before the place: what is said of all P1 must not take the contractor away from people shut in a lift.
 */
export function policyInForce(
  event: EventName,
  priority: Priority,
  published: PublishedPolicies = NOTHING_PUBLISHED,
): { readonly policy: Policy; readonly source: PolicySource } {
  const builtIn = { policy: builtInPolicy(event, priority), source: BUILT_IN };
  if (priority === 'P4') return builtIn;
  const ownBuiltIn = BY_EVENT[event]?.[priority] !== undefined;
  for (const key of ownBuiltIn ? [event] : [event, familyOf(event), '*' as const]) {
    const found = published(key, priority);
    if (found) return { policy: policyOfStored(found), source: sourceOf(found) };
  }
  return builtIn;
}

const sourceOf = ({ scope, scopeId, event }: StoredPolicy): PolicySource => ({ scope, scopeId, event });

const policyOfStored = (p: StoredPolicy): Policy => ({
  id: `${p.scope}:${p.scopeId}/${p.event}/${p.priority}`,
  version: p.version,
  slots: p.slots,
});

/** How a finding wants to be paged, see {@link pagedAs}. */
export type Paging = 'normal' | 'coordinator-first' | 'coordinator-only';

/**
 * The same policy, paged otherwise. `coordinator-first` (a person ended it and it still holds): the coordinator is
 * asked first, everybody 60 s later; `coordinator-only`: during a communications loss the coordinator alone is paged.
 */
export function pagedAs(base: Policy, paging: Paging = 'normal'): Policy {
  if (paging === 'normal') return base;
  const own = base.slots.find((s) => s.slot === 'coordinator');
  const coordinator = own ? { ...own, opensAfterS: 0 } : COORDINATOR;
  if (paging === 'coordinator-only') return { ...base, id: `${base.id}-coordinator`, slots: [coordinator] };
  const others = base.slots.flatMap((s) => (s.slot === 'coordinator' ? [] : [{ ...s, opensAfterS: 60 }]));
  return { ...base, id: `${base.id}-coordinator-first`, slots: [...others, coordinator] };
}

/** Both: slots of `added` as it has them, and those of `before` that it does not have, so that none stops half-way. */
export function addedPolicy(before: Policy, added: Policy): Policy {
  const has = new Set(added.slots.map((s) => s.slot));
  const kept = before.slots.filter((s) => !has.has(s.slot));
  return kept.length === 0 ? added : { ...added, slots: [...added.slots, ...kept] };
}

/** The escalation policy of an event, paged as the finding asks for. */
export const policyFor = (
  event: EventName,
  priority: Priority,
  paging: Paging = 'normal',
  published?: PublishedPolicies,
): Policy => pagedAs(policyInForce(event, priority, published).policy, paging);
