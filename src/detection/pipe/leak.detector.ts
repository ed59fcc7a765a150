import { minutes, seconds } from '../../kernel/durations.js';
import { deviceSubject, type Device } from '../../estate/device.js';
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

/** Wet for so long is a leak (domain §4, `pipe.leak`). */
export const WET_HOLD_MS = seconds(10);
/** At a floor drain: a shower is not a backflow (domain §4, `pipe.backflow`). */
export const WET_HOLD_DRAIN_MS = minutes(10);

const holdMs = (d: Device): number => (d.attributes.role === 'drain' ? WET_HOLD_DRAIN_MS : WET_HOLD_MS);

const finding = (kind: 'raise' | 'clear', since: number, reason: string, d: Device): Finding => ({
  kind,
  event: 'pipe.leak',
  subject: deviceSubject(d),
  since,
  reason,
  evidence: { wet: kind === 'raise', role: d.attributes.role ?? null },
});

function afterTime(s: HeldCondition, now: number, d: Device): Step<HeldCondition> {
  const dueAt = conditionDueAt(s, holdMs(d));
  if (dueAt === null || now < dueAt) return { state: s, findings: NO_FINDINGS, deadline: dueAt };
  const since = s.heldSince ?? now;
  const raise = finding('raise', since, `wet for ${Math.floor((now - since) / 1000)} s`, d);
  return { state: raisedCondition(s), findings: [{ ...raise, ...pagingAfterEnd(s.endedAt) }], deadline: null };
}

/** A wet sensor (domain §4). Silence changes nothing: a sensor that drowned stays wet until it says that it is dry. */
export const pipeLeakDetector: Detector<HeldCondition, 'pipe-sensor'> = {
  id: 'pipe.leak',
  version: 1,
  kinds: ['pipe-sensor'],
  events: ['pipe.leak'],
  initial: () => NOT_HELD,
  step(state, input, now, device): Step<HeldCondition> {
    switch (input.type) {
      case 'reading': {
        const { wet } = input.values;
        const s = wet === undefined ? state : observeCondition(state, wet, now);
        if (state.raised && !s.raised)
          return { state: s, findings: [finding('clear', now, 'dry again', device)], deadline: null };
        return afterTime(s, now, device);
      }
      case 'tick':
        return afterTime(state, now, device);
      default: {
        const ended = input.type === 'alarm-ended' && input.event === 'pipe.leak';
        const s = ended ? endedCondition(state, input.at, now) : state;
        return { state: s, findings: NO_FINDINGS, deadline: conditionDueAt(s, holdMs(device)) };
      }
    }
  },
};
