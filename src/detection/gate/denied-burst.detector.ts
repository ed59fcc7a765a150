import { seconds } from '../../kernel/durations.js';
import { deviceSubject, type Device } from '../../estate/device.js';
import { NO_FINDINGS, type Detector, type Finding, type Step } from '../detector.js';
import { needsAllOf } from '../device/capability-fitness.js';
import { parameter, valueOf } from '../parameter.js';

const DENIALS = parameter({
  key: 'gate.denied-burst.denials',
  default: 5,
  unit: 'count',
  min: 2,
  max: 50,
  whole: true,
  about: { zh: '多少次被拒为异常', en: 'So many denials are a burst' },
  source: 'domain',
});
const WINDOW_S = parameter({
  key: 'gate.denied-burst.windowS',
  default: 60,
  unit: 's',
  min: 1,
  max: 3600,
  about: { zh: '在多长时间内；同样时长无被拒后解除', en: 'Within so long; over after as long without one' },
  source: 'domain',
});

const EVENT = 'gate.denied-burst';

export interface DeniedBurstState {
  /** The latest denials, oldest first, no more than make a burst. */
  readonly denials: readonly { readonly at: number }[];
  readonly raised: boolean;
}

const INITIAL: DeniedBurstState = Object.freeze({ denials: Object.freeze([]), raised: false });

const finding = (kind: 'raise' | 'clear', since: number, reason: string, d: Device): Finding => ({
  kind,
  event: EVENT,
  subject: deviceSubject(d),
  since,
  reason,
  evidence: kind === 'raise' ? { denials: valueOf(d, DENIALS), withinS: valueOf(d, WINDOW_S) } : {},
});

/** A burst is over when its last denial is a window old. */
function settle(s: DeniedBurstState, now: number, d: Device): Step<DeniedBurstState> {
  const last = s.denials.at(-1)?.at;
  if (!s.raised || last === undefined) return { state: s, findings: NO_FINDINGS, deadline: null };
  const overAt = last + seconds(valueOf(d, WINDOW_S));
  if (now < overAt) return { state: s, findings: NO_FINDINGS, deadline: overAt };
  return { state: INITIAL, findings: [finding('clear', now, 'no further denials', d)], deadline: null };
}

function denied(before: DeniedBurstState, now: number, d: Device): Step<DeniedBurstState> {
  const settled = settle(before, now, d);
  const n = valueOf(d, DENIALS);
  const denials = [...settled.state.denials, { at: now }].slice(-n);
  const first = denials[0]?.at ?? now;
  const s = { denials, raised: settled.state.raised };
  if (s.raised || denials.length < n || now - first > seconds(valueOf(d, WINDOW_S)))
    return { state: s, findings: settled.findings, deadline: settle(s, now, d).deadline };
  const raised = { denials, raised: true };
  const raise = finding('raise', first, `${n} denials within ${Math.ceil((now - first) / 1000)} s`, d);
  return { state: raised, findings: [...settled.findings, raise], deadline: settle(raised, now, d).deadline };
}

/** Somebody tries one card or code after another (domain §4). */
export const deniedBurstDetector: Detector<DeniedBurstState, 'gate'> = {
  id: EVENT,
  version: 1,
  kinds: ['gate'],
  events: [EVENT],
  parameters: [DENIALS, WINDOW_S],
  fitness: (d) => needsAllOf(d, 'access'),
  initial: () => INITIAL,
  step(state, input, now, device): Step<DeniedBurstState> {
    switch (input.type) {
      case 'reading':
        return input.values.access === 'denied' ? denied(state, now, device) : settle(state, now, device);
      case 'tick':
        return settle(state, now, device);
      default: {
        const ended = input.type === 'alarm-ended' && input.event === EVENT && state.raised;
        // Those who go on trying after that are a new burst.
        const s = ended ? INITIAL : state;
        const last = s.denials.at(-1)?.at;
        const deadline = s.raised && last !== undefined ? last + seconds(valueOf(device, WINDOW_S)) : null;
        return { state: s, findings: NO_FINDINGS, deadline };
      }
    }
  },
};
