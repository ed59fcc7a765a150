import type { CatalogueEvent, EventName, Priority, SubjectType } from '../kernel/events.js';
import { eventDefinition, isConfigured } from '../kernel/events.js';
import type { DeviceKind } from '../estate/device.js';
import type { Names } from '../gateway/views.js';

export type TicketPriority = Exclude<Priority, 'P4'>;

/** What callers say, in their words, and which event of the catalogue it is. */
export interface CallKind {
  readonly id: string;
  readonly words: Names;
  /** An open alarm of one of these at the place is what the caller means; without one it becomes the first. */
  readonly events: readonly [CatalogueEvent, ...CatalogueEvent[]];
}

export const CALL_KINDS: readonly CallKind[] = [
  {
    id: 'people-trapped',
    words: { zh: '有人被困电梯', en: 'People trapped in a lift' },
    events: [
      'elevator.entrapment-between-floors',
      'elevator.entrapment-at-level',
      'elevator.silent-with-people',
      'elevator.alarm-button',
    ],
  },
  { id: 'fire', words: { zh: '着火、冒烟', en: 'Fire or smoke' }, events: ['smoke.alarm'] },
  {
    id: 'person-needs-help',
    words: { zh: '老人无人应答、可能需要帮助', en: 'Somebody may need help and does not answer' },
    events: ['meter.no-use-welfare'],
  },
  { id: 'burst-pipe', words: { zh: '爆管、喷水', en: 'Pipe burst' }, events: ['pipe.burst', 'pipe.leak'] },
  { id: 'water-leak', words: { zh: '漏水、渗水', en: 'Water leak' }, events: ['pipe.leak', 'pipe.burst'] },
  { id: 'drain-blocked', words: { zh: '下水堵、反水', en: 'Drain blocked, backs up' }, events: ['pipe.backflow'] },
  { id: 'power-out', words: { zh: '停电', en: 'Power out' }, events: ['building.power-lost'] },
  { id: 'break-in', words: { zh: '有人闯入', en: 'Break-in' }, events: ['gate.forced-open'] },
  { id: 'ebike', words: { zh: '电动车进电梯', en: 'E-bike in the lift' }, events: ['elevator.ebike'] },
  {
    id: 'gate-stuck',
    words: { zh: '门、道闸打不开', en: 'Gate or door will not open' },
    events: ['gate.barrier-stuck'],
  },
  { id: 'lift-door', words: { zh: '电梯门开关不了', en: 'Lift door faulty' }, events: ['elevator.door-fault'] },
  {
    id: 'lift-stopped',
    words: { zh: '电梯停了、没有人', en: 'Lift stopped, nobody inside' },
    events: ['elevator.out-of-service', 'elevator.stopped-between-floors', 'elevator.power-lost'],
  },
  { id: 'door-open', words: { zh: '门没关', en: 'Door left open' }, events: ['gate.held-open'] },
  { id: 'no-water', words: { zh: '停水、水小', en: 'No water, or too little' }, events: ['pipe.pressure-low'] },
  { id: 'frozen-pipe', words: { zh: '水管冻住', en: 'Pipe frozen' }, events: ['pipe.freeze-risk'] },
];

export const callKind = (id: string): CallKind | undefined => CALL_KINDS.find((k) => k.id === id);

/** Where the catalogue gives an event more than one priority (docs/domain.md, "Event catalogue"): a call's usual one first. */
const RANGES: Partial<Record<CatalogueEvent, readonly [TicketPriority, ...TicketPriority[]]>> = {
  'elevator.stopped-between-floors': ['P2', 'P1'],
  'elevator.overtravel': ['P1', 'P2'],
  'elevator.overspeed': ['P1', 'P2'],
  'meter.vacant-flow': ['P3', 'P2'],
  'meter.continuous-flow': ['P3'],
  'meter.burst': ['P3', 'P2'],
  'meter.no-use-welfare': ['P2', 'P1', 'P3'],
  'pipe.freeze-risk': ['P3', 'P2'],
  'gate.barrier-stuck': ['P3', 'P2'],
  'device.stuck': ['P3'],
};

/**
 * The priorities with which a ticket of this event may be opened by hand, the usual one first; empty = it opens none.
 * @param own of an event that an estate has configured for its device
 */
export function priorityRange(event: EventName, own: Priority = eventDefinition(event).priority): TicketPriority[] {
  const range = isConfigured(event) ? undefined : RANGES[event];
  if (range) return [...range];
  return own === 'P4' ? [] : [own];
}

/** Somebody's life may come to hang on it, if it does not already. */
export const mayBecomeP1 = (event: EventName): boolean => priorityRange(event).includes('P1');

/** Places at which an event can be, besides a device of one of these kinds. */
interface Whereabouts {
  readonly kinds: readonly DeviceKind[];
  readonly places: readonly Exclude<SubjectType, 'device'>[];
}

const ANY_PLACE = ['unit', 'riser', 'building', 'zone', 'estate'] as const;
const WHEREABOUTS: Readonly<Record<string, Whereabouts>> = {
  elevator: { kinds: ['elevator'], places: ['building'] },
  meter: { kinds: ['water-meter'], places: ['unit'] },
  pipe: { kinds: ['pipe-sensor'], places: ANY_PLACE },
  riser: { kinds: [], places: ['riser', 'building'] },
  gate: { kinds: ['gate'], places: ['building', 'zone', 'estate'] },
  building: { kinds: [], places: ['building'] },
  estate: { kinds: [], places: ['estate'] },
  smoke: { kinds: ['generic'], places: ANY_PLACE },
  device: { kinds: ['elevator', 'water-meter', 'pipe-sensor', 'gate', 'generic'], places: [] },
  generic: { kinds: ['generic'], places: [] },
};

export const whereabouts = (event: EventName): Whereabouts =>
  WHEREABOUTS[event.slice(0, event.indexOf('.'))] ?? { kinds: [], places: [] };
