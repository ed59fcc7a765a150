import { minutes } from '../../kernel/durations.js';
import { DEVICE_KINDS, deviceSubject, type Device } from '../../estate/device.js';
import { NO_FINDINGS, type Detector, type Finding, type Step } from '../detector.js';
import { RECHECK_AFTER_END_MS } from './held-condition.js';
import { parameter, valueOf } from '../parameter.js';

const LOST = parameter({
  key: 'device.seq-gap.lost',
  default: 1,
  unit: 'count',
  min: 1,
  max: 100_000,
  whole: true,
  about: { zh: '丢失多少条读数后报警', en: 'So many readings lost raise it' },
  source: 'domain',
});
/** Long enough that a bad evening on the radio is one alarm. */
const QUIET_MIN = parameter({
  key: 'device.seq-gap.quietMin',
  default: 60,
  unit: 'min',
  min: 1,
  max: 10_080,
  about: { zh: '多久不再丢失后解除', en: 'Over after so long without a further loss' },
  source: 'tune',
});

const EVENT = 'device.seq-gap';

export interface SeqGapState {
  /** The first loss of the present episode; null = none lately. */
  readonly lostSince: number | null;
  readonly lastLostAt: number | null;
  readonly lost: number;
  readonly raised: boolean;
  readonly endedAt: number | null;
}

const INITIAL: SeqGapState = Object.freeze({
  lostSince: null,
  lastLostAt: null,
  lost: 0,
  raised: false,
  endedAt: null,
});

const finding = (kind: 'raise' | 'clear', since: number, reason: string, s: SeqGapState, d: Device): Finding => ({
  kind,
  event: EVENT,
  subject: deviceSubject(d),
  since,
  reason,
  evidence: { lost: s.lost },
});

const overAt = (s: SeqGapState, d: Device): number | null =>
  s.lastLostAt === null ? null : s.lastLostAt + minutes(valueOf(d, QUIET_MIN));

function afterTime(s: SeqGapState, now: number, d: Device): Step<SeqGapState> {
  const at = overAt(s, d);
  if (at === null || now < at) return { state: s, findings: NO_FINDINGS, deadline: at };
  const findings = s.raised ? [finding('clear', now, `nothing lost since; ${s.lost} lost in all`, s, d)] : NO_FINDINGS;
  return { state: INITIAL, findings, deadline: null };
}

function gap(before: SeqGapState, missing: number, now: number, d: Device): Step<SeqGapState> {
  const over = afterTime(before, now, d);
  const s: SeqGapState = {
    ...over.state,
    lostSince: over.state.lostSince ?? now,
    lastLostAt: now,
    lost: over.state.lost + missing,
  };
  const deadline = overAt(s, d);
  const told = s.raised || (s.endedAt !== null && now < s.endedAt + RECHECK_AFTER_END_MS);
  if (told || s.lost < valueOf(d, LOST)) return { state: s, findings: over.findings, deadline };
  const raised = { ...s, raised: true, endedAt: null };
  const raise = finding('raise', s.lostSince ?? now, `${s.lost} readings lost on the way`, raised, d);
  return { state: raised, findings: [...over.findings, raise], deadline };
}

/** Numbers that the device counted and Steward never saw (domain §4): lost by a radio, a bridge or a broker. */
export const seqGapDetector: Detector<SeqGapState> = {
  id: EVENT,
  version: 1,
  kinds: DEVICE_KINDS,
  events: [EVENT],
  parameters: [LOST, QUIET_MIN],
  initial: () => INITIAL,
  step(state, input, now, device): Step<SeqGapState> {
    switch (input.type) {
      case 'gap':
        return gap(state, input.missing, now, device);
      case 'tick':
        return afterTime(state, now, device);
      default: {
        const ended = input.type === 'alarm-ended' && input.event === EVENT && state.raised;
        const s = ended ? { ...state, raised: false, lost: 0, endedAt: Math.min(input.at, now) } : state;
        return { state: s, findings: NO_FINDINGS, deadline: overAt(s, device) };
      }
    }
  },
};
