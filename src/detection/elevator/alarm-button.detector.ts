import { seconds } from '../../kernel/durations.js';
import { deviceSubject, type Device } from '../../estate/device.js';
import type { ElevatorValues } from '../../telemetry/reading.js';
import { NO_FINDINGS, type Detector, type Finding, type Step } from '../detector.js';
import { pagingAfterEnd, RECHECK_AFTER_END_MS } from '../device/held-condition.js';

/** Pressed and not seen released for so long (domain §4; EN 81-28 filters misuse the same way). */
export const BUTTON_HOLD_MS = seconds(3);
/** Two presses within this time need no hold (domain §4). */
export const BUTTON_TWICE_MS = seconds(10);
/**
 * Released for so long before the condition counts as gone: the time in which presses belong together (above).
 * Shorter, and each press of a frightened hand would be a new occurrence that pages everybody again.
 */
export const BUTTON_RELEASED_MS = seconds(10);

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
});

function dueAt(s: AlarmButtonState): number | null {
  if (s.raised) return s.releasedSince === null ? null : s.releasedSince + BUTTON_RELEASED_MS;
  if (s.pressedSince === null) return null;
  const held = s.pressedSince + BUTTON_HOLD_MS;
  return s.endedAt === null ? held : Math.max(held, s.endedAt + RECHECK_AFTER_END_MS);
}

const stay = (state: AlarmButtonState): Step<AlarmButtonState> => ({
  state,
  findings: NO_FINDINGS,
  deadline: dueAt(state),
});

function raise(s: AlarmButtonState, since: number, presses: 1 | 2, d: Device): Step<AlarmButtonState> {
  const finding: Finding = {
    kind: 'raise',
    event: 'elevator.alarm-button',
    subject: deviceSubject(d),
    since,
    reason: presses === 2 ? 'alarm button pressed twice within 10 s' : 'alarm button held for 3 s',
    evidence: { presses, doorZone: s.inZone },
    ...pagingAfterEnd(s.endedAt),
  };
  const state = { ...s, raised: true, endedAt: null };
  return { state, findings: [finding], deadline: dueAt(state) };
}

function afterTime(s: AlarmButtonState, now: number, d: Device): Step<AlarmButtonState> {
  const at = dueAt(s);
  if (at === null || now < at) return stay(s);
  if (!s.raised) return raise(s, s.pressedSince ?? now, 1, d);
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
  const button = v.alarmButton ?? s.button;
  const counts = button && !(doorOpen && inZone !== false);
  if (button === s.button && doorOpen === s.doorOpen && inZone === s.inZone) return afterTime(s, now, d);
  const pressed = counts && !s.button;
  const next: AlarmButtonState = {
    button,
    doorOpen,
    inZone,
    pressedSince: counts ? (s.pressedSince ?? now) : null,
    lastPressAt: pressed ? now : s.lastPressAt,
    releasedSince: s.raised && !button ? (s.releasedSince ?? now) : null,
    raised: s.raised,
    endedAt: button ? s.endedAt : null,
  };
  const twice = pressed && s.lastPressAt !== null && now - s.lastPressAt <= BUTTON_TWICE_MS;
  if (twice && !s.raised) return raise(next, s.lastPressAt ?? now, 2, d);
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
  initial: () => INITIAL,
  step(state, input, now, device): Step<AlarmButtonState> {
    if (input.type === 'reading') return afterReading(state, input.values, now, device);
    if (input.type === 'tick') return afterTime(state, now, device);
    if (input.type === 'alarm-ended' && input.event === 'elevator.alarm-button' && state.raised)
      return stay({
        ...state,
        raised: false,
        releasedSince: null,
        lastPressAt: null,
        endedAt: state.button ? Math.min(input.at, now) : null,
      });
    return stay(state);
  },
};
