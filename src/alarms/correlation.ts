import type { EventName, Priority } from '../kernel/events.js';

/*
 * Which alarms belong together (docs/domain.md, "Correlation"). Three laws above all of it: a P1 is never swallowed and
 * never joins another car's or place's ticket; what is swallowed or joined is journalled with the reason; what the
 * greater thing explained and outlives it comes back as an alarm of its own.
 */

/** Events of a device that a building's alarm explains. */
const EXPLAINED: Readonly<Partial<Record<EventName, readonly EventName[]>>> = {
  'building.power-lost': ['device.offline', 'elevator.power-lost', 'elevator.emergency-power'],
  'building.comms-lost': ['device.offline'],
};
export const EXPLAINING_EVENTS = Object.keys(EXPLAINED) as readonly EventName[];
export const explainedBy = (greater: EventName): readonly EventName[] => EXPLAINED[greater] ?? [];

/** The alarms of its building that would swallow this one, if they are open. */
export const swallowers = (event: EventName, priority: Priority): readonly EventName[] =>
  priority === 'P1' ? [] : EXPLAINING_EVENTS.filter((greater) => explainedBy(greater).includes(event));

/** Water where it should not be, pressure that falls, meters that turn: on one riser and close in time it is one leak. */
const LEAK_EVENTS: readonly EventName[] = [
  'pipe.leak',
  'pipe.burst',
  'pipe.pressure-low',
  'meter.vacant-flow',
  'meter.burst',
  'meter.continuous-flow',
];
export const ONE_LEAK_WITHIN_MS = 2 * 60_000;

export const isLeakEvent = (event: EventName): boolean => LEAK_EVENTS.includes(event);

/** An alarm of a leak, as far as this matters. Times are ms since the epoch. */
export interface LeakSign {
  readonly event: EventName;
  readonly priority: Priority;
  readonly raisedAt: number;
}

/** Whether the later sign, on the same riser, tells of the same leak as the earlier one. */
export const isSameLeak = (earlier: LeakSign, later: LeakSign): boolean =>
  isLeakEvent(earlier.event) &&
  isLeakEvent(later.event) &&
  earlier.priority !== 'P1' &&
  later.priority !== 'P1' &&
  Math.abs(later.raisedAt - earlier.raisedAt) <= ONE_LEAK_WITHIN_MS;

/** Tickets whose water has a source to be found. */
export const isWaterEvent = (event: EventName): boolean =>
  isLeakEvent(event) || event === 'pipe.backflow' || event === 'riser.balance' || event === 'elevator.pit-water';
