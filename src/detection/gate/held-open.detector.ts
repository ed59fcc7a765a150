import { seconds } from '../../kernel/durations.js';
import { deviceSubject, type Device } from '../../estate/device.js';
import type { GateValues } from '../../telemetry/reading.js';
import { NO_FINDINGS, type Detector, type DeviceAsk, type Finding, type Step } from '../detector.js';
import { needsAllOf, notForThisPlace } from '../device/capability-fitness.js';
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

const OPEN_S = parameter({
  key: 'gate.held-open.holdS',
  default: 30,
  unit: 's',
  min: 1,
  max: 3600,
  about: { zh: '门开多久算长开', en: 'A door open for longer than this is held open' },
  source: 'domain, after ONVIF DoorOpenTooLong',
});
const PRE_ALARM_S = parameter({
  key: 'gate.held-open.preAlarmS',
  default: 20,
  unit: 's',
  min: 0,
  max: 3600,
  about: {
    zh: '门开多久先由门自身蜂鸣器提醒；不短于报警时间则不提醒',
    en: 'When its own buzzer warns; never, if not before the alarm',
  },
  source: 'domain',
});

export interface HeldOpenState {
  readonly open: boolean;
  /** Unlocked on purpose: it may stand open. */
  readonly free: boolean;
  readonly condition: HeldCondition;
  /** Its buzzer has been asked to warn during this opening. Missing in states of before: not. */
  readonly warned?: boolean;
}

const INITIAL: HeldOpenState = Object.freeze({ open: false, free: false, condition: NOT_HELD });
const PRE_ALARM: readonly DeviceAsk[] = Object.freeze([{ command: 'pre-alarm', reason: 'door open too long' }]);

const finding = (kind: 'raise' | 'clear', since: number, reason: string, d: Device): Finding => ({
  kind,
  event: 'gate.held-open',
  subject: deviceSubject(d),
  since,
  reason,
  evidence: {},
});

const holdMs = (d: Device): number => seconds(valueOf(d, OPEN_S));

/** When its buzzer should warn; null = not (any more): already done, or a person knows of it. */
function warnAt(s: HeldOpenState, d: Device): number | null {
  const { heldSince, raised, endedAt } = s.condition;
  const warnMs = seconds(valueOf(d, PRE_ALARM_S));
  if (heldSince === null || raised || endedAt !== null || s.warned || warnMs >= holdMs(d)) return null;
  return heldSince + warnMs;
}

function wakeAt(s: HeldOpenState, d: Device): number | null {
  return warnAt(s, d) ?? conditionDueAt(s.condition, holdMs(d));
}

function afterTime(s: HeldOpenState, now: number, d: Device): Step<HeldOpenState> {
  const { condition } = s;
  const dueAt = conditionDueAt(condition, holdMs(d));
  if (dueAt !== null && now >= dueAt) {
    const since = condition.heldSince ?? now;
    const raise = finding('raise', since, `door open for ${Math.floor((now - since) / 1000)} s`, d);
    const findings = [{ ...raise, ...pagingAfterEnd(condition.endedAt) }];
    return { state: { ...s, condition: raisedCondition(condition) }, findings, deadline: null };
  }
  const warnsAt = warnAt(s, d);
  if (warnsAt === null || now < warnsAt) return { state: s, findings: NO_FINDINGS, deadline: warnsAt ?? dueAt };
  return { state: { ...s, warned: true }, findings: NO_FINDINGS, deadline: dueAt, asks: PRE_ALARM };
}

function observe(s: HeldOpenState, v: GateValues, now: number): HeldOpenState {
  // A door on its way is neither open nor closed: it stays what it was until it has arrived.
  const open = v.position === 'open' || (v.position !== 'closed' && s.open);
  const free =
    v.mode === undefined || v.mode === 'unknown' ? s.free : v.mode === 'unlocked' || v.mode === 'locked-open';
  const condition = observeCondition(s.condition, open && !free, now);
  if (open === s.open && free === s.free && condition === s.condition) return s;
  return { open, free, condition, warned: condition.heldSince !== null && s.warned === true };
}

/** A door that nobody closed (domain §4). Vehicle barriers stand open in a queue and are another rule's business. */
export const heldOpenDetector: Detector<HeldOpenState, 'gate'> = {
  id: 'gate.held-open',
  version: 1,
  kinds: ['gate'],
  events: ['gate.held-open'],
  parameters: [OPEN_S, PRE_ALARM_S],
  fitness: (d) =>
    d.attributes.vehicle === true
      ? notForThisPlace('道闸不适用', 'not for vehicle barriers')
      : needsAllOf(d, 'position'),
  initial: () => INITIAL,
  step(state, input, now, device): Step<HeldOpenState> {
    if (device.attributes.vehicle === true) return { state, findings: NO_FINDINGS, deadline: null };
    switch (input.type) {
      case 'reading': {
        const s = observe(state, input.values, now);
        if (!state.condition.raised || s.condition.raised) return afterTime(s, now, device);
        const reason = s.open ? 'unlocked on purpose' : 'closed';
        return { state: s, findings: [finding('clear', now, reason, device)], deadline: null };
      }
      case 'tick':
        return afterTime(state, now, device);
      default: {
        const ended = input.type === 'alarm-ended' && input.event === 'gate.held-open' && state.condition.raised;
        const s = ended ? { ...state, condition: endedCondition(state.condition, input.at, now) } : state;
        return { state: s, findings: NO_FINDINGS, deadline: wakeAt(s, device) };
      }
    }
  },
};
