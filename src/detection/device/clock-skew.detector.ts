import { seconds } from '../../kernel/durations.js';
import { DEVICE_KINDS, deviceSubject } from '../../estate/device.js';
import { NO_FINDINGS, type Detector, type Finding, type Step } from '../detector.js';
import { parameter, valueOf } from '../parameter.js';

/** A device clock further off than this is wrong (domain §4, `device.clock-skew`). */
const LIMIT_S = parameter({
  key: 'device.clock-skew.limitS',
  default: 120,
  unit: 's',
  min: 1,
  max: 86_400,
  about: { zh: '时钟偏差超过此值为异常', en: 'A clock further off than this is wrong' },
  source: 'domain',
});
/** Back within this it is right again; the gap to the limit keeps one at the limit from chattering. */
const CLEAR_S = parameter({
  key: 'device.clock-skew.clearS',
  default: 60,
  unit: 's',
  min: 0,
  max: 86_400,
  about: { zh: '时钟偏差回到此值内为恢复', en: 'Back within this it is right again' },
  source: 'tune',
});
/** "Several consecutive readings": one delayed packet is not a wrong clock. */
const READINGS = parameter({
  key: 'device.clock-skew.readings',
  default: 3,
  unit: 'count',
  min: 1,
  max: 100,
  whole: true,
  about: { zh: '连续多少次读数偏差才报警', en: 'So many readings in a row must be off' },
  source: 'tune',
});
/** Readings within this time are one packet out of a buffer, old by nature: they count as one. */
export const SAME_PACKET_MS = seconds(1);

export interface ClockSkewState {
  readonly skewed: number;
  readonly skewedSince: number | null;
  readonly countedAt: number | null;
  readonly raised: boolean;
}

const RIGHT: ClockSkewState = Object.freeze({ skewed: 0, skewedSince: null, countedAt: null, raised: false });
const stay = (state: ClockSkewState): Step<ClockSkewState> => ({ state, findings: NO_FINDINGS, deadline: null });

/** A device whose clock is wrong (domain §4). Holds do not use it, but its history and its batches do. */
export const clockSkewDetector: Detector<ClockSkewState> = {
  id: 'device.clock-skew',
  version: 1,
  kinds: DEVICE_KINDS,
  events: ['device.clock-skew'],
  parameters: [LIMIT_S, CLEAR_S, READINGS],
  initial: () => RIGHT,
  step(state, input, now, device): Step<ClockSkewState> {
    if (input.type !== 'reading') return stay(state);
    const skewMs = input.observedAt - now;
    const off = Math.abs(skewMs);
    // An older element of a stored upload is stepped at its own time, which says nothing about the clock behind it.
    if (off === 0) return stay(state);
    const base = { event: 'device.clock-skew', subject: deviceSubject } as const;
    if (state.raised) {
      if (off > seconds(valueOf(device, CLEAR_S))) return stay(state);
      const clear: Finding = {
        kind: 'clear',
        event: base.event,
        subject: base.subject(device),
        since: now,
        reason: 'the clock is right again',
        evidence: {},
      };
      return { state: RIGHT, findings: [clear], deadline: null };
    }
    if (off <= seconds(valueOf(device, LIMIT_S))) return stay(RIGHT);
    if (state.countedAt !== null && now - state.countedAt < SAME_PACKET_MS) return stay(state);
    const skewedSince = state.skewedSince ?? now;
    const skewed = state.skewed + 1;
    if (skewed < valueOf(device, READINGS)) return stay({ skewed, skewedSince, countedAt: now, raised: false });
    const skewS = Math.round(skewMs / 1000);
    const raise: Finding = {
      kind: 'raise',
      event: base.event,
      subject: base.subject(device),
      since: skewedSince,
      reason: `its clock is ${Math.abs(skewS)} s ${skewS > 0 ? 'fast' : 'slow'}`,
      evidence: { skewS },
    };
    return { state: { skewed, skewedSince, countedAt: now, raised: true }, findings: [raise], deadline: null };
  },
};
