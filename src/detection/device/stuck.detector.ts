import { days, hours } from '../../kernel/durations.js';
import { deviceSubject, isEmptyUnit, type Device } from '../../estate/device.js';
import type { PipeSensorValues, WaterMeterValues } from '../../telemetry/reading.js';
import { NO_FINDINGS, type Detector, type Finding, type Fitness, type Step } from '../detector.js';
import { parameter, valueOf } from '../parameter.js';
import { needsOneOf, notForThisPlace } from './capability-fitness.js';
import { RECHECK_AFTER_END_MS } from './held-condition.js';

const SENSOR_H = parameter({
  key: 'device.stuck.sensorH',
  default: 48,
  unit: 'h',
  min: 1,
  max: 2400,
  about: {
    zh: '压力、温度一成不变多久为卡死',
    en: 'A pressure or temperature to the last digit the same for so long is stuck',
  },
  source: 'tune',
});
const METER_D = parameter({
  key: 'device.stuck.meterD',
  default: 30,
  unit: 'd',
  min: 1,
  max: 400,
  about: {
    zh: '有人居住的房屋水表多久不走字为卡死',
    en: 'A register that stands still for so long in a lived-in unit is stuck',
  },
  source: 'tune',
});
/** Too few readings prove nothing, however long they take. */
const MIN_READINGS = 24;
/**
 * A value that moves is looked at again only so often: a healthy sensor changes the stored state twice an hour rather
 * than with every reading, and is found stuck up to an hour late.
 */
const ANCHOR_MS = hours(1);

const EVENT = 'device.stuck';

interface Anchor {
  readonly field: string;
  readonly value: number;
  readonly sinceAt: number;
  /** It has been something else since. */
  readonly moved: boolean;
}

export interface StuckState {
  readonly anchors: readonly Anchor[];
  /** The field that is stuck; null = none. */
  readonly raised: string | null;
  readonly endedAt: number | null;
}

const INITIAL: StuckState = Object.freeze({ anchors: Object.freeze([]), raised: null, endedAt: null });

/**
 * Which fields of a kind move by nature. A level may rest, a floor may stay dry, no flow is a closed tap: those are
 * never stuck. What a lift's presence sensor owes is a rule of the lift's.
 */
const SENSOR_FIELDS = ['pressureMpa', 'pipeTempC', 'ambientTempC'] as const;

/** Nobody uses water where nobody lives, or is (domain §4). */
const isAway = (d: Device, now: number): boolean =>
  d.unit === null ||
  d.occupancy === null ||
  isEmptyUnit(d.occupancy) ||
  d.occupancy === 'renovating' ||
  (d.awayUntil !== null && now < d.awayUntil);

const limitMs = (d: Device): number => {
  const own = d.kind === 'water-meter' ? days(valueOf(d, METER_D)) : hours(valueOf(d, SENSOR_H));
  return Math.max(own, MIN_READINGS * d.attributes.expectedIntervalS * 1000);
};

function fieldsOf(d: Device, v: WaterMeterValues & PipeSensorValues, now: number): readonly [string, number][] {
  if (d.kind === 'water-meter') {
    const real = v.volumeM3 !== undefined && v.estimated !== true && !isAway(d, now);
    return real ? [['volumeM3', v.volumeM3 as number]] : [];
  }
  const told: [string, number][] = [];
  for (const f of SENSOR_FIELDS) if (v[f] !== undefined) told.push([f, v[f] as number]);
  return told;
}

const finding = (
  kind: 'raise' | 'clear',
  since: number,
  reason: string,
  evidence: Finding['evidence'],
  d: Device,
): Finding => ({
  kind,
  event: EVENT,
  subject: deviceSubject(d),
  since,
  reason,
  evidence,
});

/** The anchor after one more value; the same object while nothing that matters changed. */
function follow(a: Anchor | undefined, field: string, value: number, now: number): Anchor {
  if (!a) return { field, value, sinceAt: now, moved: false };
  if (a.moved) return now - a.sinceAt >= ANCHOR_MS ? { field, value, sinceAt: now, moved: false } : a;
  return value === a.value ? a : { ...a, moved: true };
}

function heard(s: StuckState, told: readonly [string, number][], now: number, d: Device): Step<StuckState> {
  let { anchors, raised, endedAt } = s;
  const findings: Finding[] = [];
  for (const [field, value] of told) {
    const i = anchors.findIndex((a) => a.field === field);
    const before = anchors[i];
    const a = follow(before, field, value, now);
    if (a !== before) anchors = before ? anchors.with(i, a) : [...anchors, a];
    const stuck = !a.moved && now - a.sinceAt >= limitMs(d);
    if (raised === field && !stuck) {
      if (endedAt === null) findings.push(finding('clear', now, `${field} moves again`, {}, d));
      raised = endedAt = null;
    }
    const again = raised === field && endedAt !== null && now >= endedAt + RECHECK_AFTER_END_MS;
    if (!stuck || (raised !== null && !again)) continue;
    const hoursLong = Math.floor((now - a.sinceAt) / 3_600_000);
    const evidence = { field, value, hours: hoursLong };
    findings.push(finding('raise', a.sinceAt, `${field} has been ${value} for ${hoursLong} h`, evidence, d));
    raised = field;
    endedAt = null;
  }
  const same = anchors === s.anchors && raised === s.raised && endedAt === s.endedAt;
  return { state: same ? s : { anchors, raised, endedAt }, findings, deadline: null };
}

function fitness(d: Device): Fitness {
  if (d.kind !== 'water-meter') return needsOneOf(d, ...SENSOR_FIELDS);
  if (d.unit === null || d.occupancy === null || isEmptyUnit(d.occupancy) || d.occupancy === 'renovating')
    return notForThisPlace('无人居住，不走字属正常', 'nobody lives there: no flow is as it should be');
  return needsOneOf(d, 'volumeM3');
}

/** A sensor that says the same for ever (domain §4). Judged by readings alone: silence is another rule's. */
export const stuckDetector: Detector<StuckState, 'water-meter' | 'pipe-sensor'> = {
  id: EVENT,
  version: 1,
  kinds: ['water-meter', 'pipe-sensor'],
  events: [EVENT],
  parameters: [SENSOR_H, METER_D],
  fitness,
  initial: () => INITIAL,
  step(state, input, now, device): Step<StuckState> {
    if (input.type === 'reading') {
      const told = fieldsOf(device, input.values, now);
      // A meter in a unit that has become empty owes nothing any more, and begins anew when people are back.
      if (told.length === 0 && device.kind === 'water-meter' && state !== INITIAL && isAway(device, now)) {
        const open = state.raised !== null && state.endedAt === null;
        const findings = open ? [finding('clear', now, 'nobody lives there now', {}, device)] : NO_FINDINGS;
        return { state: INITIAL, findings, deadline: null };
      }
      return heard(state, told, now, device);
    }
    const ended = input.type === 'alarm-ended' && input.event === EVENT && state.raised !== null;
    const s = ended ? { ...state, endedAt: Math.min(input.at, now) } : state;
    return { state: s, findings: NO_FINDINGS, deadline: null };
  },
};
