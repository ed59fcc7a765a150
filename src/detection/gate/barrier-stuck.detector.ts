import { seconds } from '../../kernel/durations.js';
import { deviceSubject, type Device } from '../../estate/device.js';
import type { Priority } from '../../kernel/events.js';
import type { GateValues } from '../../telemetry/reading.js';
import { NO_FINDINGS, type Detector, type Finding, type Fitness, type Step } from '../detector.js';
import { maySend, needsAllOf } from '../device/capability-fitness.js';
import {
  conditionDueAt,
  endedCondition,
  NOT_HELD,
  observeCondition,
  pagingAfterEnd,
  raisedCondition,
  type HeldCondition,
} from '../device/held-condition.js';
import { parameter, valueOf } from '../parameter.js';
import { applyReading, FRESH, isStuck, type BarrierLane } from './barrier-lane.js';
import { isPeak, nextPeakAt, PEAK_PARAMETERS } from './peak-hours.js';

const REACH_S = parameter({
  key: 'gate.barrier-stuck.reachS',
  default: 10,
  unit: 's',
  min: 1,
  max: 600,
  about: { zh: '下令后多久未到位为故障', en: 'A commanded position not reached for so long is stuck' },
  source: 'domain',
});
const WAITING_S = parameter({
  key: 'gate.barrier-stuck.waitingS',
  default: 120,
  unit: 's',
  min: 0,
  max: 3600,
  about: { zh: '车辆等待多久后升级', en: 'A vehicle waiting for so long makes it urgent' },
  source: 'domain',
});
/** It ends after so many commanded positions reached (domain §4): once may be luck. */
const REACHED_TO_END = 2;

const EVENT = 'gate.barrier-stuck';

export interface BarrierStuckState extends BarrierLane {
  readonly condition: HeldCondition;
  /** While raised. */
  readonly priority: Priority | null;
}

const INITIAL: BarrierStuckState = Object.freeze({ ...FRESH, condition: NOT_HELD, priority: null });

const earliest = (...times: (number | null)[]): number | null =>
  times.reduce((a, b) => (a === null ? b : b === null ? a : Math.min(a, b)), null);

/** `fault` counts at once; a position must have had its time. */
const holdMs = (s: BarrierLane, d: Device): number => (s.fault ? 0 : seconds(valueOf(d, REACH_S)));

function urgentAt(s: BarrierLane, now: number, d: Device): number | null {
  if (d.attributes.vehicle !== true) return null;
  const waited = s.waitingSince === null ? null : s.waitingSince + seconds(valueOf(d, WAITING_S));
  return earliest(waited, isPeak(d, now) ? now : nextPeakAt(d, now));
}

function priorityAt(s: BarrierLane, now: number, d: Device): Priority {
  const at = urgentAt(s, now, d);
  return at !== null && at <= now ? 'P2' : 'P3';
}

function dueAt(s: BarrierStuckState, now: number, d: Device): number | null {
  if (!s.condition.raised) return conditionDueAt(s.condition, holdMs(s, d));
  return s.priority === 'P3' ? urgentAt(s, now, d) : null;
}

function finding(kind: Finding['kind'], since: number, reason: string, s: BarrierLane, d: Device): Finding {
  const evidence = { position: s.position, target: s.target, fault: s.fault, vehicleWaiting: s.waitingSince !== null };
  return { kind, event: EVENT, subject: deviceSubject(d), since, reason, evidence };
}

function why(s: BarrierLane, now: number, d: Device): string {
  const what = s.fault ? 'the gate reports a fault' : `told to be ${s.target}, not reached`;
  if (d.attributes.vehicle !== true) return what;
  if (s.waitingSince !== null && now - s.waitingSince >= seconds(valueOf(d, WAITING_S)))
    return `${what}; a vehicle has waited for ${Math.floor((now - s.waitingSince) / 1000)} s`;
  return isPeak(d, now) ? `${what}, at rush hour` : what;
}

function afterTime(s: BarrierStuckState, now: number, d: Device): Step<BarrierStuckState> {
  const at = dueAt(s, now, d);
  if (at === null || now < at) return { state: s, findings: NO_FINDINGS, deadline: at };
  const { condition } = s;
  const priority = priorityAt(s, now, d);
  const kind = condition.raised ? 'update' : 'raise';
  const state: BarrierStuckState =
    kind === 'raise' ? { ...s, condition: raisedCondition(condition), reached: 0, priority } : { ...s, priority };
  const told = { ...finding(kind, condition.heldSince ?? now, why(s, now, d), s, d), priority };
  const paging = kind === 'raise' ? pagingAfterEnd(condition.endedAt) : {};
  return { state, findings: [{ ...told, ...paging }], deadline: dueAt(state, now, d) };
}

/** Once raised it ends by proof, not because nothing is asked of it; one that takes no orders by its fault's end. */
const isProved = (s: BarrierLane): boolean => !s.fault && (s.reached >= REACHED_TO_END || !s.commanded);

function heard(before: BarrierStuckState, v: GateValues, now: number, d: Device): Step<BarrierStuckState> {
  const lane = applyReading(before, v, now);
  if (lane.condition.raised) {
    if (!isProved(lane)) return afterTime(lane, now, d);
    const s: BarrierStuckState = { ...lane, condition: NOT_HELD, reached: 0, priority: null };
    const reason = lane.commanded ? `reached ${REACHED_TO_END} commanded positions` : 'the fault is gone';
    return { state: s, findings: [finding('clear', now, reason, s, d)], deadline: null };
  }
  // Another order has its own time.
  const running = lane.commandedAt === before.commandedAt || lane.fault ? lane.condition : NOT_HELD;
  const condition = observeCondition(running, isStuck(lane), now);
  return afterTime(condition === lane.condition ? lane : { ...lane, condition }, now, d);
}

function fitness(d: Device): Fitness {
  const byOrder = maySend(d, 'command') && maySend(d, 'position');
  if (!byOrder) {
    const fit = needsAllOf(d, 'fault');
    return fit.on ? { on: true, note: { zh: '仅按故障信号判断', en: 'judged by its fault flag alone' } } : fit;
  }
  if (maySend(d, 'loopOccupied')) return { on: true };
  return { on: true, note: { zh: '无地感信号', en: 'it does not tell when its loop is occupied' } };
}

/** A boom (or driven door) that does not do what it is told, or says that it is broken (domain §4). */
export const barrierStuckDetector: Detector<BarrierStuckState, 'gate'> = {
  id: EVENT,
  version: 1,
  kinds: ['gate'],
  events: [EVENT],
  parameters: [REACH_S, WAITING_S, ...PEAK_PARAMETERS],
  fitness,
  initial: () => INITIAL,
  step(state, input, now, device): Step<BarrierStuckState> {
    switch (input.type) {
      case 'reading':
        return heard(state, input.values, now, device);
      case 'tick':
        return afterTime(state, now, device);
      default: {
        const ended = input.type === 'alarm-ended' && input.event === EVENT && state.condition.raised;
        // Checked by hand: only what is stuck even now may be told again.
        const after = ended && isStuck(state) ? endedCondition(state.condition, input.at, now) : NOT_HELD;
        const s = ended ? { ...state, condition: after, reached: 0, priority: null } : state;
        return { state: s, findings: NO_FINDINGS, deadline: dueAt(s, now, device) };
      }
    }
  },
};
