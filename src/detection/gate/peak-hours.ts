import type { Device } from '../../estate/device.js';
import { localTime } from '../../kernel/local-time.js';
import { parameter, valueOf, type Parameter } from '../parameter.js';

const bound = (name: string, hhmm: number, zh: string, en: string): Parameter =>
  parameter({
    key: `gate.barrier-stuck.${name}`,
    default: Math.floor(hhmm / 100) * 60 + (hhmm % 100),
    unit: 'min after midnight',
    min: 0,
    max: 1440,
    about: { zh, en },
    source: 'domain',
  });

const MORNING_FROM = bound('morningFrom', 700, '早高峰开始（自零点起分钟）', 'Morning rush begins');
const MORNING_TO = bound('morningTo', 900, '早高峰结束（自零点起分钟）', 'Morning rush ends');
const EVENING_FROM = bound('eveningFrom', 1700, '晚高峰开始（自零点起分钟）', 'Evening rush begins');
const EVENING_TO = bound('eveningTo', 1930, '晚高峰结束（自零点起分钟）', 'Evening rush ends');
export const PEAK_PARAMETERS: readonly Parameter[] = [MORNING_FROM, MORNING_TO, EVENING_FROM, EVENING_TO];

const MINUTE_MS = 60_000;
const DAY_MIN = 1440;

/** Rush hour at this gate: every day, 07:00–09:00 and 17:00–19:30 local time by default (domain §4). */
export function isPeak(d: Device, now: number): boolean {
  const m = localTime(d.timezone, now).minuteOfDay;
  const within = (from: Parameter, to: Parameter): boolean => m >= valueOf(d, from) && m < valueOf(d, to);
  return within(MORNING_FROM, MORNING_TO) || within(EVENING_FROM, EVENING_TO);
}

/** The next beginning of a rush hour, steady ms; over a clock change it may be an hour early, and is asked again. */
export function nextPeakAt(d: Device, now: number): number {
  const m = localTime(d.timezone, now).minuteOfDay;
  const until = (from: Parameter): number => ((valueOf(d, from) - m + DAY_MIN - 1) % DAY_MIN) + 1;
  const minute = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  return minute + Math.min(until(MORNING_FROM), until(EVENING_FROM)) * MINUTE_MS;
}
