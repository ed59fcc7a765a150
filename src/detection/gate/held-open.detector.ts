import { seconds } from '../../kernel/durations.js';
import { deviceSubject, type Device } from '../../estate/device.js';
import type { GateValues } from '../../telemetry/reading.js';
import { NO_FINDINGS, type Detector, type Finding, type Step } from '../detector.js';
import {
  conditionDueAt,
  endedCondition,
  NOT_HELD,
  observeCondition,
  pagingAfterEnd,
  raisedCondition,
  type HeldCondition,
} from '../device/held-condition.js';

/** A door open for longer than this is held open (domain §4; ONVIF DoorOpenTooLong). */
export const HELD_OPEN_MS = seconds(30);

export interface HeldOpenState {
  readonly open: boolean;
  /** Unlocked on purpose: it may stand open. */
  readonly free: boolean;
  readonly condition: HeldCondition;
}

const INITIAL: HeldOpenState = Object.freeze({ open: false, free: false, condition: NOT_HELD });

const finding = (kind: 'raise' | 'clear', since: number, reason: string, d: Device): Finding => ({
  kind,
  event: 'gate.held-open',
  subject: deviceSubject(d),
  since,
  reason,
  evidence: {},
});

function afterTime(s: HeldOpenState, now: number, d: Device): Step<HeldOpenState> {
  const { condition } = s;
  const dueAt = conditionDueAt(condition, HELD_OPEN_MS);
  if (dueAt === null || now < dueAt) return { state: s, findings: NO_FINDINGS, deadline: dueAt };
  const since = condition.heldSince ?? now;
  const raise = finding('raise', since, `door open for ${Math.floor((now - since) / 1000)} s`, d);
  const findings = [{ ...raise, ...pagingAfterEnd(condition.endedAt) }];
  return { state: { ...s, condition: raisedCondition(condition) }, findings, deadline: null };
}

function observe(s: HeldOpenState, v: GateValues, now: number): HeldOpenState {
  // A door on its way is neither open nor closed: it stays what it was until it has arrived.
  const open = v.position === 'open' || (v.position !== 'closed' && s.open);
  const free =
    v.mode === undefined || v.mode === 'unknown' ? s.free : v.mode === 'unlocked' || v.mode === 'locked-open';
  const condition = observeCondition(s.condition, open && !free, now);
  return open === s.open && free === s.free && condition === s.condition ? s : { open, free, condition };
}

/** A door that nobody closed (domain §4). Vehicle barriers stand open in a queue and are another rule's business. */
export const heldOpenDetector: Detector<HeldOpenState, 'gate'> = {
  id: 'gate.held-open',
  version: 1,
  kinds: ['gate'],
  events: ['gate.held-open'],
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
        return { state: s, findings: NO_FINDINGS, deadline: conditionDueAt(s.condition, HELD_OPEN_MS) };
      }
    }
  },
};
