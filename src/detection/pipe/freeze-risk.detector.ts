import { hours, minutes } from '../../kernel/durations.js';
import { deviceSubject, isEmptyUnit, type Device } from '../../estate/device.js';
import { NO_FINDINGS, type Detector, type Finding, type Step } from '../detector.js';
import { needsAllOf } from '../device/capability-fitness.js';
import {
  endHeld,
  heldDueAt,
  observeHeld,
  QUIET,
  settleHeld,
  type HeldAlarm,
  type Holds,
} from '../device/held-alarm.js';
import { parameter, valueOf } from '../parameter.js';

const COLD_C = parameter({
  key: 'pipe.freeze-risk.coldC',
  default: 2,
  unit: '°C',
  min: -20,
  max: 10,
  about: { zh: '管壁温度不高于此值为有冻结风险', en: 'At or below this a pipe may freeze' },
  source: 'tune',
});
const COLD_MIN = parameter({
  key: 'pipe.freeze-risk.holdMin',
  default: 30,
  unit: 'min',
  min: 0,
  max: 1440,
  about: { zh: '低温持续多久后报警', en: 'How long it must stay that cold' },
  source: 'tune',
});
const WARM_C = parameter({
  key: 'pipe.freeze-risk.warmC',
  default: 4,
  unit: '°C',
  min: -20,
  max: 30,
  about: { zh: '高于此值为回暖', en: 'Above this it is warm again' },
  source: 'domain',
});
const WARM_H = parameter({
  key: 'pipe.freeze-risk.clearH',
  default: 2,
  unit: 'h',
  min: 0,
  max: 72,
  about: { zh: '回暖持续多久后解除', en: 'How long it must stay warm to end' },
  source: 'domain',
});

export interface FreezeRiskState {
  readonly held: HeldAlarm;
  /** While raised. */
  readonly priority: 'P2' | 'P3' | null;
}

const INITIAL: FreezeRiskState = Object.freeze({ held: QUIET, priority: null });

const EVENT = 'pipe.freeze-risk';
const holdsOf = (d: Device): Holds => {
  const holdMs = minutes(valueOf(d, COLD_MIN));
  const slow = d.attributes.expectedIntervalS * 1000 > holdMs;
  return { holdMs, clearMs: hours(valueOf(d, WARM_H)), raiseNeedsTwo: slow, clearNeedsTwo: true };
};
const isEmpty = (d: Device): boolean => d.occupancy !== null && isEmptyUnit(d.occupancy);

/** Nobody is there to notice the frost, or the water after it (domain §4: P2 in an empty unit). */
const priorityOf = (d: Device): 'P2' | 'P3' => (isEmpty(d) ? 'P2' : 'P3');

function finding(kind: Finding['kind'], since: number, reason: string, s: HeldAlarm, d: Device): Finding {
  const evidence: Finding['evidence'] =
    kind === 'clear' ? {} : { pipeTempC: s.value, limitC: valueOf(d, COLD_C), occupancy: d.occupancy };
  const priority = kind === 'clear' ? {} : { priority: priorityOf(d) };
  return { kind, event: EVENT, subject: deviceSubject(d), since, reason, evidence, ...priority };
}

function settle(s: FreezeRiskState, now: number, d: Device): Step<FreezeRiskState> {
  const { state: held, did, deadline, since, paging } = settleHeld(s.held, holdsOf(d), now);
  const place = isEmpty(d) ? ' in an empty unit' : '';
  if (did === 'raise') {
    const minutesCold = Math.floor((now - since) / 60_000);
    const reason = `pipe${place} at ${valueOf(d, COLD_C)} °C or less for ${minutesCold} min`;
    const raise = { ...finding('raise', since, reason, held, d), ...paging };
    return { state: { held, priority: priorityOf(d) }, findings: [raise], deadline };
  }
  if (did === 'clear') {
    const clear = finding('clear', now, `above ${valueOf(d, WARM_C)} °C again`, held, d);
    return { state: INITIAL, findings: [clear], deadline };
  }
  // The tenant moved out while it is cold.
  if (s.held.raised && s.priority === 'P3' && priorityOf(d) === 'P2') {
    const update = finding('update', s.held.heldSince ?? now, `pipe${place} may freeze`, held, d);
    return { state: { held, priority: 'P2' }, findings: [update], deadline };
  }
  return { state: held === s.held ? s : { ...s, held }, findings: NO_FINDINGS, deadline };
}

/** This pipe may freeze (domain §4). Its clearing is the thaw: what froze and burst leaks now. */
export const freezeRiskDetector: Detector<FreezeRiskState, 'pipe-sensor'> = {
  id: EVENT,
  version: 1,
  kinds: ['pipe-sensor'],
  events: [EVENT],
  parameters: [COLD_C, COLD_MIN, WARM_C, WARM_H],
  fitness: (d) => needsAllOf(d, 'pipeTempC'),
  initial: () => INITIAL,
  step(state, input, now, device): Step<FreezeRiskState> {
    switch (input.type) {
      case 'reading': {
        const { pipeTempC } = input.values;
        if (pipeTempC === undefined) return settle(state, now, device);
        const cold = pipeTempC <= valueOf(device, COLD_C);
        const sight = cold ? 'holds' : pipeTempC > valueOf(device, WARM_C) ? 'over' : 'between';
        const held = observeHeld(state.held, sight, now, pipeTempC);
        return settle(held === state.held ? state : { ...state, held }, now, device);
      }
      case 'tick':
        return settle(state, now, device);
      default: {
        const ended = input.type === 'alarm-ended' && input.event === EVENT;
        const held = ended ? endHeld(state.held, input.at, now) : state.held;
        const s = held === state.held ? state : { held, priority: null };
        return { state: s, findings: NO_FINDINGS, deadline: heldDueAt(held, holdsOf(device)) };
      }
    }
  },
};
