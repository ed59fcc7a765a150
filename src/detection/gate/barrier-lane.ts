import type { GateValues } from '../../telemetry/reading.js';

/** What a gate was told to do and what it has done of it. Plain JSON. */
export interface BarrierLane {
  /** Last told; null = never. */
  readonly position: NonNullable<GateValues['position']> | null;
  /** Where it has been told to go and is not yet; null = it owes nothing. */
  readonly target: 'open' | 'closed' | null;
  readonly commandedAt: number | null;
  /** It has ever told of an order. */
  readonly commanded: boolean;
  /** Something stands under the boom: it must not close. */
  readonly loopOccupied: boolean;
  readonly waitingSince: number | null;
  readonly fault: boolean;
  /** Ordered positions reached since this was last set to 0; counted up to 2. */
  readonly reached: number;
}

export const FRESH: BarrierLane = Object.freeze({
  position: null,
  target: null,
  commandedAt: null,
  commanded: false,
  loopOccupied: false,
  waitingSince: null,
  fault: false,
  reached: 0,
});

const TARGETS = { open: 'open', close: 'closed' } as const;

/**
 * The lane after one more reading; the same object when nothing changed. An order to be where it is already asks for
 * nothing and proves nothing; the same order again leaves its time running.
 */
export function applyReading<S extends BarrierLane>(s: S, v: GateValues, now: number): S {
  const position = v.position ?? s.position;
  const loopOccupied = v.loopOccupied ?? s.loopOccupied;
  const fault = v.fault ?? s.fault;
  const waitingSince =
    v.vehicleWaiting === undefined ? s.waitingSince : v.vehicleWaiting ? (s.waitingSince ?? now) : null;
  let { target, commandedAt, reached } = s;
  const ordered = v.command === undefined ? null : TARGETS[v.command];
  // Without a position nobody can tell whether it obeys.
  if (ordered !== null && ordered !== target && s.position !== null) {
    target = s.position === ordered ? null : ordered;
    commandedAt = target === null ? null : now;
  }
  if (target !== null && position === target) {
    target = commandedAt = null;
    reached = Math.min(2, reached + 1);
  }
  const commanded = s.commanded || ordered !== null;
  const same =
    position === s.position &&
    target === s.target &&
    commandedAt === s.commandedAt &&
    commanded === s.commanded &&
    loopOccupied === s.loopOccupied &&
    waitingSince === s.waitingSince &&
    fault === s.fault &&
    reached === s.reached;
  if (same) return s;
  return { ...s, position, target, commandedAt, commanded, loopOccupied, waitingSince, fault, reached };
}

/** It does not do what it is told, or says so. A boom need not close on what stands under it. */
export const isStuck = (s: BarrierLane): boolean =>
  s.fault || s.target === 'open' || (s.target === 'closed' && !s.loopOccupied);
