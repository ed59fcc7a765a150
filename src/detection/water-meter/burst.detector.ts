import { minutes } from '../../kernel/durations.js';
import { isEmptyUnit, type Device } from '../../estate/device.js';
import type { WaterMeterValues } from '../../telemetry/reading.js';
import { FIT, NO_FINDINGS, type Detector, type Finding, type Fitness, type Step } from '../detector.js';
import { parameter, valueOf } from '../parameter.js';
import { addToHighFlow, beginHighFlow, heldFor, type HighFlow, type HighFlowLimits } from './high-flow.js';
import { ARRIVAL_SLACK_MS, intervalMsOf, litres, q3Of, realRegister, stepM3Of, unitSubject } from './meter.js';
import { beginTrack, followRegister, type RegisterTrack } from './register-track.js';

const KEY = 'meter.burst';
const KAMSTRUP = 'Kamstrup BURST info code: 5, 10 or 20 % of Q3 for 30 min';
const DOMAIN = 'event catalogue (docs/domain.md), meter.burst';

const SHARE = parameter({
  key: `${KEY}.shareOfQ3`,
  default: 0.2,
  unit: 'share',
  min: 0.05,
  max: 0.5,
  about: { zh: '流量超过 Q3 的该比例', en: 'flow above this share of Q3' },
  source: KAMSTRUP,
});
const HOLD_MIN = parameter({
  key: `${KEY}.holdMin`,
  default: 30,
  unit: 'min',
  min: 5,
  max: 240,
  about: { zh: '持续时间', en: 'for so long' },
  source: KAMSTRUP,
});
const DAMAGE_MIN = parameter({
  key: `${KEY}.p2AfterMin`,
  default: 60,
  unit: 'min',
  min: 10,
  max: 480,
  about: { zh: '有人居住时持续多久升为 P2', en: 'P2 after so long where somebody lives' },
  source: DOMAIN,
});
const DAMAGE_M3 = parameter({
  key: `${KEY}.p2AboveM3`,
  default: 1,
  unit: 'm³',
  min: 0.1,
  max: 20,
  about: { zh: '有人居住时水量超过多少升为 P2', en: 'P2 above this volume where somebody lives' },
  source: DOMAIN,
});

export interface BurstState {
  /** null = no register told so far. */
  readonly track: RegisterTrack | null;
  readonly flow: HighFlow | null;
  readonly raised: 'P2' | 'P3' | null;
}

const INITIAL: BurstState = Object.freeze({ track: null, flow: null, raised: null });
/** (tune) Long enough for a litre register to tell 500 from 250 L/h, short beside the hold. */
const STRETCH_MS = minutes(5);
/** Readings further apart than this, in intervals, leave a gap that shows no flow. */
const GAP_INTERVALS = 2.5;
const LEAST_GAP_MS = minutes(5);
/** A register that stands still for a moment is noted so often: fast meters would save for nothing. */
const LOOK_MS = minutes(1);

const stay = (state: BurstState): Step<BurstState> => ({ state, findings: NO_FINDINGS, deadline: null });
const moved = (state: BurstState): Step<BurstState> => ({
  state,
  findings: NO_FINDINGS,
  deadline: null,
  save: 'later',
});

const empty = (d: Device): boolean => d.occupancy !== null && isEmptyUnit(d.occupancy);
/** Whose garden is watered is at home; in an empty unit nobody is. */
const explained = (d: Device): boolean => d.attributes.declaredTap !== undefined && !empty(d);

const limitsOf = (d: Device, stepM3: number): HighFlowLimits => ({
  m3h: valueOf(d, SHARE) * q3Of(d),
  stepM3,
  stretchMs: STRETCH_MS,
});

function finding(kind: Finding['kind'], since: number, reason: string, f: HighFlow | null, d: Device): Finding {
  const hoursLong = f === null ? 0 : (f.stretchAt - f.fromAt) / 3_600_000;
  const lph = f === null || hoursLong === 0 ? null : Math.round(((f.m3 - f.stretchM3) / hoursLong) * 1000);
  const evidence = { device: d.id, litres: f && litres(f.m3), litresPerHour: lph, occupancy: d.occupancy };
  return { kind, event: 'meter.burst', subject: unitSubject(d), since, reason, evidence };
}

const gone = (s: BurstState, now: number, reason: string, d: Device): Step<BurstState> => {
  const state = { ...s, flow: null, raised: null };
  if (s.raised === null) return moved(state);
  return { state, findings: [finding('clear', now, reason, null, d)], deadline: null };
};

function judge(s: BurstState, flow: HighFlow, l: HighFlowLimits, d: Device): Step<BurstState> {
  if (s.raised === null && !heldFor(flow, minutes(valueOf(d, HOLD_MIN)) - ARRIVAL_SLACK_MS, l))
    return moved({ ...s, flow });
  const longMs = minutes(valueOf(d, DAMAGE_MIN)) - ARRIVAL_SLACK_MS;
  const damage = empty(d) || flow.m3 > valueOf(d, DAMAGE_M3) || flow.stretchAt - flow.fromAt >= longMs;
  const priority = damage ? 'P2' : 'P3';
  if (s.raised === 'P2' || s.raised === priority) return moved({ ...s, flow });
  const min = Math.round((flow.stretchAt - flow.fromAt) / 60_000);
  const reason = `${litres(flow.m3)} L in ${min} min${empty(d) ? ' in an empty unit' : ''}`;
  const found = finding(s.raised === null ? 'raise' : 'update', flow.fromAt, reason, flow, d);
  return { state: { ...s, flow, raised: priority }, findings: [{ ...found, priority }], deadline: null };
}

/** @param m3 what passed since the reading before */
function afterFlow(s: BurstState, m3: number, at: number, now: number, l: HighFlowLimits, d: Device): Step<BurstState> {
  if (s.flow === null) return m3 > 0 ? moved({ ...s, flow: beginHighFlow(at) }) : stay(s);
  const sinceSeen = at - s.flow.seenAt;
  if (sinceSeen <= 0) return moved(s);
  if (m3 === 0 && sinceSeen < LOOK_MS && at - s.flow.stretchAt < l.stretchMs) return moved(s);
  if (sinceSeen > Math.max(LEAST_GAP_MS, GAP_INTERVALS * intervalMsOf(d)) && s.raised === null)
    return moved({ ...s, flow: m3 > 0 ? beginHighFlow(at) : null });
  const { flow, stretch } = addToHighFlow(s.flow, m3, at, l);
  if (stretch === 'high') return judge(s, flow, l, d);
  if (stretch === 'open' || (stretch === 'middling' && s.raised !== null)) return moved({ ...s, flow });
  if (s.raised !== null) return gone(s, now, 'the flow has gone', d);
  return moved({ ...s, flow: m3 > 0 ? beginHighFlow(at) : null });
}

function afterReading(s: BurstState, v: WaterMeterValues, at: number, now: number, d: Device): Step<BurstState> {
  if (explained(d) || !fitness(d).on) {
    if (s.raised !== null) return gone(s, now, 'a declared tap explains it', d);
    return stay(s.track === null && s.flow === null ? s : INITIAL);
  }
  const volumeM3 = realRegister(v);
  if (volumeM3 === null) {
    if (s.track !== null || v.flowLph === undefined || v.estimated === true) return stay(s);
    const hoursSince = s.flow === null ? 1 : (at - s.flow.seenAt) / 3_600_000;
    return afterFlow(s, Math.max(0, (v.flowLph / 1000) * hoursSince), at, now, limitsOf(d, 0), d);
  }
  if (s.track === null) return stay({ ...s, track: beginTrack(volumeM3, v.serial) });
  const { track, deltaM3, swapped, foreign } = followRegister(s.track, volumeM3, v.serial, d);
  const followed = track === s.track ? s : { ...s, track };
  // On another register the flow, if it goes on, begins to be seen anew; an open alarm is judged by it.
  if (swapped) return stay({ ...followed, flow: s.raised === null ? null : beginHighFlow(at) });
  if (foreign) return followed === s ? stay(s) : moved(followed);
  const step = afterFlow(followed, deltaM3, at, now, limitsOf(d, stepM3Of(d)), d);
  return step.state === s ? stay(s) : step.state === followed ? moved(followed) : step;
}

function fitness(d: Device): Fitness {
  const { capabilities } = d.attributes;
  if (capabilities.length > 0 && !capabilities.includes('volumeM3') && !capabilities.includes('flowLph')) {
    const detail = { zh: '该水表不上报水量或流量', en: 'the meter reports neither register nor flow' };
    return { on: false, why: 'missing-capability', detail };
  }
  if (explained(d)) {
    const detail = { zh: '已申报花园或泳池用水', en: 'a garden or pool tap is declared' };
    return { on: false, why: 'not-for-this-place', detail };
  }
  const holdMs = minutes(valueOf(d, HOLD_MIN));
  const halfHoldM3 = (valueOf(d, SHARE) * q3Of(d) * holdMs) / 2 / 3_600_000;
  if (intervalMsOf(d) > 3 * holdMs || stepM3Of(d) > halfHoldM3) {
    const detail = { zh: '读数太粗或间隔太长', en: 'its register is too coarse or its readings too far apart' };
    return { on: false, why: 'resolution-insufficient', detail };
  }
  return FIT;
}

/** Very high flow in a unit (domain §4, `meter.burst`; Kamstrup BURST). Readings move it, never the clock. */
export const burstDetector: Detector<BurstState, 'water-meter'> = {
  id: 'meter.burst',
  version: 1,
  kinds: ['water-meter'],
  events: ['meter.burst'],
  parameters: [SHARE, HOLD_MIN, DAMAGE_MIN, DAMAGE_M3],
  fitness,
  initial: () => INITIAL,
  step(state, input, now, device): Step<BurstState> {
    if (input.type === 'reading') return afterReading(state, input.values, input.at, now, device);
    // Somebody has seen to it: what still flows is counted anew.
    if (input.type === 'alarm-ended' && input.event === 'meter.burst')
      return stay({ ...state, flow: null, raised: null });
    return stay(state);
  },
};
