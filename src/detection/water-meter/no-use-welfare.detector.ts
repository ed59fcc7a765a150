import { hours, minutes } from '../../kernel/durations.js';
import { localTime } from '../../kernel/local-time.js';
import { isEmptyUnit, type Device } from '../../estate/device.js';
import type { WaterMeterValues } from '../../telemetry/reading.js';
import { FIT, NO_FINDINGS, type Detector, type Finding, type Fitness, type Step } from '../detector.js';
import { valueOf } from '../parameter.js';
import { addUse, beginUse, constantDripLph, hoursKnown, useInHours, type HourlyUse } from './hourly-use.js';
import { intervalMsOf, realRegister, stepM3Of, unitSubject, withoutRegister } from './meter.js';
import {
  NO_USE_PARAMETERS,
  DRIP_MAX,
  P1_AFTER_MIN,
  P2_AFTER_MIN,
  REAL_SHARE,
  SLEEPS_AT,
  USE_L,
  WAKES_AT,
  WAKING_H,
} from './no-use-welfare-parameters.js';
import { beginTrack, followRegister, type RegisterTrack } from './register-track.js';

type Level = 'P3' | 'P2' | 'P1';

export interface NoUseState {
  /** null = no real read yet, or nobody to look after. */
  readonly track: RegisterTrack | null;
  readonly use: HourlyUse | null;
  readonly raisedAt: number | null;
  readonly level: Level | null;
  /** A person made contact then: only what is not used after it counts. */
  readonly contactAt: number | null;
}

const INITIAL: NoUseState = Object.freeze({ track: null, use: null, raisedAt: null, level: null, contactAt: null });
/** Without a night there is no telling a drip from use. */
const LEARNT_HOURS = 24;

const lookedAfter = (d: Device): boolean => d.welfare && !(d.occupancy !== null && isEmptyUnit(d.occupancy));
const away = (d: Device, now: number): boolean => d.awayUntil !== null && now < d.awayUntil;

const finding = (kind: Finding['kind'], since: number, reason: string, d: Device): Finding => ({
  kind,
  event: 'meter.no-use-welfare',
  subject: unitSubject(d),
  since,
  reason,
  evidence: { device: d.id },
});

const dueAt = (s: NoUseState, d: Device): number | null => {
  if (s.raisedAt === null || s.level === 'P1') return null;
  return s.raisedAt + minutes(valueOf(d, s.level === 'P3' ? P2_AFTER_MIN : P1_AFTER_MIN));
};

const stay = (state: NoUseState, d: Device): Step<NoUseState> => ({
  state,
  findings: NO_FINDINGS,
  deadline: dueAt(state, d),
});
const moved = (state: NoUseState, d: Device): Step<NoUseState> => ({ ...stay(state, d), save: 'later' });

const clear = (s: NoUseState, now: number, reason: string, d: Device): Step<NoUseState> => ({
  state: { ...s, raisedAt: null, level: null },
  findings: [finding('clear', now, reason, d)],
  deadline: null,
});

/** Use beyond the constant drip since the last waking hours began, litres; null while that cannot be told. */
function useBeyondDrip(u: HourlyUse, contactAt: number | null, d: Device): { litres: number; dripLph: number } | null {
  if (hoursKnown(u) < LEARNT_HOURS) return null;
  const wakingHours = valueOf(d, WAKING_H);
  const wakes = valueOf(d, WAKES_AT);
  const sleeps = valueOf(d, SLEEPS_AT);
  const countsFrom = Math.max(contactAt ?? -Infinity, d.awayUntil ?? -Infinity);
  const window = useInHours(u, wakingHours, (begin) => {
    // The middle of the hour, for zones that are half an hour off.
    const { hour } = localTime(d.timezone, begin + hours(0.5));
    return begin >= countsFrom && hour >= wakes && hour < sleeps;
  });
  if (window === null) return null;
  const expected = hours(window.hours) / intervalMsOf(d);
  if (window.reads < valueOf(d, REAL_SHARE) * expected) return null;
  const dripLph = Math.min(constantDripLph(u), valueOf(d, DRIP_MAX));
  const litres = Math.max(0, window.litres - dripLph * window.hours);
  // To a tenth of a litre: how readings fall into hours is no more exact than that.
  return { litres: Math.round(litres * 10) / 10, dripLph };
}

function judge(s: NoUseState, use: HourlyUse, now: number, d: Device): Step<NoUseState> {
  const found = useBeyondDrip(use, s.contactAt, d);
  if (found === null) return moved(s, d);
  const little = found.litres < valueOf(d, USE_L);
  if (s.level !== null) return little ? moved(s, d) : clear(s, now, 'water is used again', d);
  if (!little) return moved(s, d);
  const { litres } = found;
  const reason = `${litres} L used in ${valueOf(d, WAKING_H)} waking hours where a person lives alone`;
  const evidence = { device: d.id, litres, dripLitresPerHour: Math.round(found.dripLph * 10) / 10 };
  const state: NoUseState = { ...s, raisedAt: now, level: 'P3' };
  const raise: Finding = { ...finding('raise', now, reason, d), priority: 'P3', evidence };
  return { state, findings: [raise], deadline: dueAt(state, d) };
}

function afterReading(s: NoUseState, v: WaterMeterValues, at: number, now: number, d: Device): Step<NoUseState> {
  const volumeM3 = realRegister(v);
  if (volumeM3 === null || !coarseFitness(d).on) return stay(s, d);
  if (s.track === null || s.use === null)
    return stay({ ...s, track: beginTrack(volumeM3, v.serial), use: beginUse(at) }, d);
  const { track, deltaM3, foreign } = followRegister(s.track, volumeM3, v.serial, d);
  if (foreign) return moved({ ...s, track }, d);
  const use = addUse(s.use, deltaM3 * 1000, at);
  const followed = { ...s, track, use };
  // While nothing is raised a look at each full hour is enough.
  if (away(d, now) || (s.level === null && use.hourAt === s.use.hourAt)) return moved(followed, d);
  return judge(followed, use, now, d);
}

function afterTime(s: NoUseState, now: number, d: Device): Step<NoUseState> {
  const due = dueAt(s, d);
  if (due === null || now < due || s.raisedAt === null) return stay(s, d);
  const p1 = now >= s.raisedAt + minutes(valueOf(d, P1_AFTER_MIN));
  const level: Level = p1 ? 'P1' : 'P2';
  const state = { ...s, level };
  const reason = `nobody has been reached for ${Math.round((now - s.raisedAt) / 60_000)} min`;
  const update: Finding = { ...finding('update', s.raisedAt, reason, d), priority: level };
  return { state, findings: [update], deadline: dueAt(state, d) };
}

/** What the meter must be able to tell, whoever lives there. */
function coarseFitness(d: Device): Fitness {
  const without = withoutRegister(d);
  if (without) return without;
  if (stepM3Of(d) * 1000 <= valueOf(d, USE_L) && intervalMsOf(d) <= hours(2)) return FIT;
  const detail = { zh: '读数太粗或间隔太长', en: 'its register is too coarse or its readings too far apart' };
  return { on: false, why: 'resolution-insufficient', detail };
}

function fitness(d: Device, s: NoUseState): Fitness {
  if (!lookedAfter(d)) {
    const detail = { zh: '该户未登记独居关怀', en: 'nobody in the unit asked to be looked after' };
    return { on: false, why: 'not-for-this-place', detail };
  }
  const coarse = coarseFitness(d);
  if (!coarse.on || (s.use !== null && hoursKnown(s.use) >= LEARNT_HOURS)) return coarse;
  const detail = { zh: '尚不足一昼夜的用水记录', en: 'a day and a night of use have not been seen yet' };
  return { on: false, why: 'not-yet-learnt', detail };
}

/**
 * No water used where a person lives alone (domain §4, `meter.no-use-welfare`). Readings show it; once it is raised
 * time alone makes it more urgent, until somebody has made contact or water is used again.
 */
export const noUseWelfareDetector: Detector<NoUseState, 'water-meter'> = {
  id: 'meter.no-use-welfare',
  version: 1,
  kinds: ['water-meter'],
  events: ['meter.no-use-welfare'],
  parameters: NO_USE_PARAMETERS,
  fitness,
  initial: () => INITIAL,
  step(state, input, now, device): Step<NoUseState> {
    if (!lookedAfter(device)) {
      if (state.level !== null) return clear(INITIAL, now, 'nobody is to be looked after any more', device);
      return { state: state.track === null ? state : INITIAL, findings: NO_FINDINGS, deadline: null };
    }
    if (state.level !== null && away(device, now)) return clear(state, now, 'the resident is away', device);
    if (input.type === 'reading') return afterReading(state, input.values, input.at, now, device);
    if (input.type === 'tick') return afterTime(state, now, device);
    if (input.type === 'alarm-ended' && input.event === 'meter.no-use-welfare')
      return stay({ ...state, raisedAt: null, level: null, contactAt: now }, device);
    return stay(state, device);
  },
};
