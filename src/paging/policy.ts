import type { EventName, Priority } from '../kernel/events.js';
import type { Role, SlotName } from '../gateway/views.js';

/** Who is meant by a level: a role on the roster for the place's zone, or a call that the control room makes. */
export type Target =
  | { readonly kind: 'on-duty'; readonly role: Role; readonly duty: 'primary' | 'backup' | 'any' }
  | { readonly kind: 'call'; readonly contact: 'district-station' };

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
  readonly version: 1;
  readonly slots: readonly SlotPolicy[];
}

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

/**
 * The escalation policy of an event.
 * @param paging `coordinator-first` (a person ended it and it still holds): the coordinator is asked first, everybody
 *   60 s later; `coordinator-only`: during a communications loss the coordinator alone is paged.
 */
export function policyFor(
  event: EventName,
  priority: Priority,
  paging: 'normal' | 'coordinator-first' | 'coordinator-only' = 'normal',
): Policy {
  const base =
    BY_EVENT[event]?.[priority] ?? (priority === 'P1' ? P1_PLACE : priority === 'P2' ? P2_GENERAL : roleP3('engineer'));
  if (paging === 'normal') return base;
  if (paging === 'coordinator-only') return { ...base, id: `${base.id}-coordinator`, slots: [COORDINATOR] };
  const slots = base.slots.map((s) => (s.slot === 'coordinator' ? s : { ...s, opensAfterS: 60 }));
  return {
    ...base,
    id: `${base.id}-coordinator-first`,
    slots: slots.some((s) => s.slot === 'coordinator') ? slots : [...slots, COORDINATOR],
  };
}
