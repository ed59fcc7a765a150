import { seconds } from '../../kernel/durations.js';
import { deviceSubject, type Device } from '../../estate/device.js';
import { NO_FINDINGS, type Detector, type Finding, type Step } from '../detector.js';

/**
 * (tune) A duress code is one moment, not a state. After so long without another word the condition counts as gone,
 * so that the next code, from a device that sends nothing in between, is a new emergency.
 */
export const DURESS_MOMENT_MS = seconds(30);

export interface DuressState {
  /** The last duress code that was raised; null = none, or over. */
  readonly duressAt: number | null;
}

const INITIAL: DuressState = Object.freeze({ duressAt: null });

const finding = (kind: 'raise' | 'clear', since: number, reason: string, d: Device): Finding => ({
  kind,
  event: 'gate.duress',
  subject: deviceSubject(d),
  since,
  reason,
  evidence: {},
});

const stay = (state: DuressState): Step<DuressState> => ({
  state,
  findings: NO_FINDINGS,
  deadline: state.duressAt === null ? null : state.duressAt + DURESS_MOMENT_MS,
});

const over = (now: number, d: Device): Step<DuressState> => ({
  state: INITIAL,
  findings: [finding('clear', now, 'no further duress code', d)],
  deadline: null,
});

/** Somebody opened under threat (domain §4): raised at once; who is paged is paged silently. */
export const duressDetector: Detector<DuressState, 'gate'> = {
  id: 'gate.duress',
  version: 1,
  kinds: ['gate'],
  events: ['gate.duress'],
  initial: () => INITIAL,
  step(state, input, now, device): Step<DuressState> {
    switch (input.type) {
      case 'reading':
        if (input.values.access !== 'duress') return state.duressAt === null ? stay(state) : over(now, device);
        if (state.duressAt !== null && now < state.duressAt + DURESS_MOMENT_MS) return stay(state);
        return {
          state: { duressAt: now },
          findings: [finding('raise', now, 'duress code entered', device)],
          deadline: now + DURESS_MOMENT_MS,
        };
      case 'tick':
        return state.duressAt !== null && now >= state.duressAt + DURESS_MOMENT_MS ? over(now, device) : stay(state);
      case 'alarm-ended':
        return input.event === 'gate.duress' ? stay(INITIAL) : stay(state);
      default:
        return stay(state);
    }
  },
};
