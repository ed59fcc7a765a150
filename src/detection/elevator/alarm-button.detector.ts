import { deviceSubject, type Device } from '../../estate/device.js';
import type { ElevatorValues } from '../../telemetry/reading.js';
import { NO_FINDINGS, type Detector, type Finding, type Step } from '../detector.js';
import { pagingAfterEnd, RECHECK_AFTER_END_MS } from '../device/held-condition.js';
import { parameter, valueOf } from '../parameter.js';
import { msOf } from './car-parameters.js';
import { faultMeans } from './fault-codes.js';
import { declares, notes } from './lift-fitness.js';

const threshold = (name: string, s: number, min: number, max: number, zh: string, en: string, source: string) =>
  parameter({ key: `elevator.alarm-button.${name}`, default: s, unit: 's', min, max, about: { zh, en }, source });

/** Pressed and not seen released for so long (domain §4; EN 81-28 filters misuse the same way). */
export const BUTTON_HOLD = threshold(
  'holdS',
  3,
  0,
  10,
  '按住多久算呼叫',
  'pressed and not seen released for so long is a call',
  'EN 81-28',
);
/** Two presses within this time need no hold (domain §4). */
export const BUTTON_TWICE = threshold(
  'twiceS',
  10,
  2,
  60,
  '多久内按两次算呼叫',
  'two presses within this time are a call',
  'domain §4 "Lifts"',
);
/**
 * Released for so long before the condition counts as gone: the time in which presses belong together (above).
 * Shorter, and each press of a frightened hand would be a new occurrence that pages everybody again.
 */
export const BUTTON_RELEASED = threshold(
  'releasedS',
  10,
  2,
  120,
  '松开多久视为呼叫结束',
  'released for so long ends a call',
  'tune',
);

export interface AlarmButtonState {
  readonly button: boolean;
  readonly doorOpen: boolean;
  readonly inZone: boolean | null;
  /** Pressed with the door not open at a landing, since. */
  readonly pressedSince: number | null;
  readonly lastPressAt: number | null;
  readonly releasedSince: number | null;
  readonly raised: boolean;
  readonly endedAt: number | null;
  /** The last reading reported a call as the lift's own code. */
  readonly coded: boolean;
}

const INITIAL: AlarmButtonState = Object.freeze({
  button: false,
  doorOpen: false,
  inZone: null,
  pressedSince: null,
  lastPressAt: null,
  releasedSince: null,
  raised: false,
  endedAt: null,
  coded: false,
});

function dueAt(s: AlarmButtonState, d: Device): number | null {
  if (s.raised) return s.releasedSince === null ? null : s.releasedSince + msOf(d, BUTTON_RELEASED);
  if (s.pressedSince === null) return null;
  const held = s.pressedSince + msOf(d, BUTTON_HOLD);
  return s.endedAt === null ? held : Math.max(held, s.endedAt + RECHECK_AFTER_END_MS);
}

const stay = (state: AlarmButtonState, d: Device): Step<AlarmButtonState> => ({
  state,
  findings: NO_FINDINGS,
  deadline: dueAt(state, d),
});

function raise(s: AlarmButtonState, since: number, why: 'held' | 'twice' | 'code', d: Device): Step<AlarmButtonState> {
  const finding: Finding = {
    kind: 'raise',
    event: 'elevator.alarm-button',
    subject: deviceSubject(d),
    since,
    reason: {
      held: `alarm button held for ${valueOf(d, BUTTON_HOLD)} s`,
      twice: `alarm button pressed twice within ${valueOf(d, BUTTON_TWICE)} s`,
      code: 'the lift itself reports a call by the alarm button',
    }[why],
    evidence: { presses: why === 'twice' ? 2 : 1, doorZone: s.inZone, byCode: why === 'code' },
    ...pagingAfterEnd(s.endedAt),
  };
  const state = { ...s, raised: true, endedAt: null };
  return { state, findings: [finding], deadline: dueAt(state, d) };
}

function afterTime(s: AlarmButtonState, now: number, d: Device): Step<AlarmButtonState> {
  const at = dueAt(s, d);
  if (at === null || now < at) return stay(s, d);
  if (!s.raised) return raise(s, s.pressedSince ?? now, 'held', d);
  const state = { ...s, raised: false, releasedSince: null, lastPressAt: null };
  const reason = 'alarm button released';
  const clear: Finding = {
    kind: 'clear',
    event: 'elevator.alarm-button',
    subject: deviceSubject(d),
    since: now,
    reason,
    evidence: {},
  };
  return { state, findings: [clear], deadline: null };
}

function afterReading(s: AlarmButtonState, v: ElevatorValues, now: number, d: Device): Step<AlarmButtonState> {
  const doorOpen = v.door === undefined || v.door === 'unknown' ? s.doorOpen : v.door === 'open';
  const inZone = v.doorZone ?? s.inZone;
  // The lift's own call has gone through its own filter against misuse: no hold, and no question where the door is. The
  // next reading that does not repeat it lets go of it, so that a later one is a press of its own.
  const code = faultMeans(v.fault, 'elevator.alarm-button');
  const button = code || (v.alarmButton ?? (s.button && !s.coded));
  const counts = button && (code || !(doorOpen && inZone !== false));
  const coded = code && !s.coded && !s.raised;
  if (!coded && code === s.coded && button === s.button && doorOpen === s.doorOpen && inZone === s.inZone)
    return afterTime(s, now, d);
  const pressed = counts && !s.button;
  const next: AlarmButtonState = {
    button,
    doorOpen,
    inZone,
    pressedSince: counts ? (s.pressedSince ?? now) : null,
    lastPressAt: pressed ? now : s.lastPressAt,
    releasedSince: s.raised && !button ? (s.releasedSince ?? now) : null,
    raised: s.raised,
    endedAt: button && !(code && !s.coded) ? s.endedAt : null,
    coded: code,
  };
  if (coded) return raise(next, now, 'code', d);
  const twice = pressed && s.lastPressAt !== null && now - s.lastPressAt <= msOf(d, BUTTON_TWICE);
  if (twice && !s.raised) return raise(next, s.lastPressAt ?? now, 'twice', d);
  return afterTime(next, now, d);
}

/**
 * The alarm button in the car, sampled (domain §4). It works in every mode, inspection too: EN 81-28 wants the
 * technician's call heard as well. With the door fully open at a landing nobody is shut in, so that does not count.
 */
export const alarmButtonDetector: Detector<AlarmButtonState, 'elevator'> = {
  id: 'elevator.alarm-button',
  version: 1,
  kinds: ['elevator'],
  events: ['elevator.alarm-button'],
  parameters: [BUTTON_HOLD, BUTTON_TWICE, BUTTON_RELEASED],
  fitness: (d) =>
    notes(
      !declares(d, 'alarmButton', 'fault', 'faultCode') && {
        zh: '设备未声明报警按钮：一旦上报仍会报警',
        en: 'the device does not declare its alarm button; it is heard all the same should it be told',
      },
    ),
  initial: () => INITIAL,
  step(stored, input, now, device): Step<AlarmButtonState> {
    // States of the first release know no codes; a running hold must not be lost over an update.
    const state = (stored as Partial<AlarmButtonState>).coded === undefined ? { ...stored, coded: false } : stored;
    if (input.type === 'reading') return afterReading(state, input.values, now, device);
    if (input.type === 'tick') return afterTime(state, now, device);
    if (input.type === 'alarm-ended' && input.event === 'elevator.alarm-button' && state.raised)
      return stay(
        {
          ...state,
          // A code is a moment, not a state: unless it is told again, nobody is pressing.
          button: state.button && !state.coded,
          pressedSince: state.coded ? null : state.pressedSince,
          raised: false,
          releasedSince: null,
          lastPressAt: null,
          endedAt: state.button ? Math.min(input.at, now) : null,
        },
        device,
      );
    return stay(state, device);
  },
};
