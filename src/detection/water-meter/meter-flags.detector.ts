import { hours } from '../../kernel/durations.js';
import { deviceSubject, type Device } from '../../estate/device.js';
import type { EventName } from '../../kernel/events.js';
import type { WaterMeterValues } from '../../telemetry/reading.js';
import { FIT, NO_FINDINGS, type Detector, type Finding, type Fitness, type Step } from '../detector.js';
import {
  conditionDueAt,
  endedCondition,
  NOT_HELD,
  observeCondition,
  pagingAfterEnd,
  raisedCondition,
  type HeldCondition,
} from '../device/held-condition.js';
import { litres, realRegister } from './meter.js';
import { beginFalls, ranBackM3, watchFalls, type RegisterFalls } from './register-falls.js';
import { REGISTER_NOISE } from './register-track.js';

const FLAGS = ['reverse', 'dry', 'tamper'] as const;
type Flag = (typeof FLAGS)[number];
const EVENT: Record<Flag, EventName> = { reverse: 'meter.reverse', dry: 'meter.dry', tamper: 'meter.tamper' };
const SAID: Record<Flag, string> = {
  reverse: 'the meter says that water runs backwards',
  dry: 'the meter says that it has no water',
  tamper: 'the meter says that it was tampered with',
};

/** (tune) A register that has fallen is over it when it has not fallen for so long. */
export const NOT_FALLING_MS = hours(1);

export interface MeterFlagsState {
  readonly reverse: HeldCondition;
  readonly dry: HeldCondition;
  readonly tamper: HeldCondition;
  /** What the meter said last of running backwards. */
  readonly saysReverse: boolean;
  /** null = no real read yet. */
  readonly falls: RegisterFalls | null;
  /** The last reading that showed it running backwards; null = it does not. */
  readonly fellAt: number | null;
}

const INITIAL: MeterFlagsState = Object.freeze({
  reverse: NOT_HELD,
  dry: NOT_HELD,
  tamper: NOT_HELD,
  saysReverse: false,
  falls: null,
  fellAt: null,
});

const deadlineOf = (s: MeterFlagsState): number | null => {
  let due: number | null = null;
  for (const flag of FLAGS) {
    const at = conditionDueAt(s[flag], 0);
    if (at !== null && (due === null || at < due)) due = at;
  }
  return due;
};

const finding = (kind: 'raise' | 'clear', flag: Flag, since: number, reason: string, d: Device): Finding => ({
  kind,
  event: EVENT[flag],
  subject: deviceSubject(d),
  since,
  reason,
  evidence: { device: d.id },
});

/** Where the register stands, and whether it has just gone on running backwards. */
function observeRegister(s: MeterFlagsState, v: WaterMeterValues, at: number, d: Device): MeterFlagsState {
  const volumeM3 = realRegister(v);
  if (volumeM3 === null) return s;
  const falls = s.falls === null ? beginFalls(volumeM3, v.serial) : watchFalls(s.falls, volumeM3, v.serial, d);
  const fellNow = s.falls !== null && falls.lastM3 < s.falls.lastM3 && ranBackM3(falls, d) > 0;
  const over = s.fellAt !== null && (volumeM3 >= falls.topM3 || at - s.fellAt >= NOT_FALLING_MS);
  const fellAt = fellNow ? at : over ? null : s.fellAt;
  return falls === s.falls && fellAt === s.fellAt ? s : { ...s, falls, fellAt };
}

function observe(before: MeterFlagsState, v: WaterMeterValues, at: number, now: number, d: Device): MeterFlagsState {
  if (v.estimated === true) return before;
  const s = observeRegister(before, v, at, d);
  const told = v.flags;
  const saysReverse = told === undefined ? s.saysReverse : told.includes('reverse');
  const reverse = observeCondition(s.reverse, saysReverse || s.fellAt !== null, now);
  const dry = told === undefined ? s.dry : observeCondition(s.dry, told.includes('dry'), now);
  const tamper = told === undefined ? s.tamper : observeCondition(s.tamper, told.includes('tamper'), now);
  if (reverse === s.reverse && dry === s.dry && tamper === s.tamper && saysReverse === s.saysReverse) return s;
  return { ...s, reverse, dry, tamper, saysReverse };
}

/** Raises what is due, beside what the step has found already. */
function afterTime(s: MeterFlagsState, found: readonly Finding[], now: number, d: Device): Step<MeterFlagsState> {
  let state = s;
  let findings = found;
  for (const flag of FLAGS) {
    const condition = state[flag];
    const dueAt = conditionDueAt(condition, 0);
    if (dueAt === null || now < dueAt) continue;
    const fell = flag === 'reverse' && !state.saysReverse && state.falls !== null;
    const backL = fell && state.falls ? litres(ranBackM3(state.falls, d)) : null;
    const reason = backL === null ? SAID[flag] : `the register has run back by ${backL} L`;
    const raise = finding('raise', flag, condition.heldSince ?? now, reason, d);
    const evidence = { device: d.id, ...(backL === null ? {} : { litresBack: backL }) };
    findings = [...findings, { ...raise, evidence, ...pagingAfterEnd(condition.endedAt) }];
    state = { ...state, [flag]: raisedCondition(condition) };
  }
  return { state, findings, deadline: deadlineOf(state) };
}

function afterReading(
  s: MeterFlagsState,
  v: WaterMeterValues,
  at: number,
  now: number,
  d: Device,
): Step<MeterFlagsState> {
  const next = observe(s, v, at, now, d);
  if (next === s) return { state: s, findings: NO_FINDINGS, deadline: deadlineOf(s) };
  const cleared = FLAGS.filter((flag) => s[flag].raised && !next[flag].raised);
  const findings = cleared.map((flag) => finding('clear', flag, now, 'the meter says so no more', d));
  const step = afterTime(next, findings, now, d);
  const onlyRegister = FLAGS.every((flag) => step.state[flag] === s[flag]) && step.state.fellAt === s.fellAt;
  return onlyRegister ? { ...step, save: 'later' } : step;
}

function fitness(d: Device): Fitness {
  const { capabilities } = d.attributes;
  if (capabilities.length === 0 || capabilities.includes('flags')) return FIT;
  if (capabilities.includes('volumeM3')) {
    const zh = '仅按读数回落判断倒流，无干表和拆动标志';
    const en = 'only a register that falls: the meter reports no flags';
    return { on: true, note: { zh, en } };
  }
  return { on: false, why: 'missing-capability', detail: { zh: '不上报标志和读数', en: 'neither flags nor register' } };
}

/**
 * What a meter says of itself (domain §4, `meter.reverse`, `.dry`, `.tamper`), and a register that runs backwards
 * without saying so. A flag that a reading does not mention is what it was.
 */
export const meterFlagsDetector: Detector<MeterFlagsState, 'water-meter'> = {
  id: 'meter.flags',
  version: 1,
  kinds: ['water-meter'],
  events: ['meter.reverse', 'meter.dry', 'meter.tamper'],
  parameters: [REGISTER_NOISE],
  fitness,
  initial: () => INITIAL,
  step(state, input, now, device): Step<MeterFlagsState> {
    switch (input.type) {
      case 'reading':
        return afterReading(state, input.values, input.at, now, device);
      case 'tick':
        return afterTime(state, NO_FINDINGS, now, device);
      case 'alarm-ended': {
        const flag = FLAGS.find((f) => EVENT[f] === input.event);
        if (flag === undefined) break;
        // A register tells only by falling again; a flag that is still said is asked about again.
        const forgets = flag === 'reverse' && !state.saysReverse;
        const condition = forgets ? NOT_HELD : endedCondition(state[flag], input.at, now);
        const next = { ...state, [flag]: condition, ...(forgets ? { fellAt: null } : {}) };
        return { state: next, findings: NO_FINDINGS, deadline: deadlineOf(next) };
      }
      default:
    }
    return { state, findings: NO_FINDINGS, deadline: deadlineOf(state) };
  },
};
