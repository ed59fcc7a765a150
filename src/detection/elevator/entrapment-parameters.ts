import type { Device } from '../../estate/device.js';
import { seconds } from '../../kernel/durations.js';
import { parameter, valueOf } from '../parameter.js';
import { reportsDoorEvents } from './car-memory.js';
import { msOf } from './car-parameters.js';

const hold = (
  name: string,
  s: number,
  min: number,
  max: number,
  zh: string,
  en: string,
  source = 'domain §4 "Lifts"',
) => parameter({ key: `elevator.entrapment.${name}`, default: s, unit: 's', min, max, about: { zh, en }, source });

/** Occupied and standing outside the door zone for so long. */
export const OUTSIDE_HOLD = hold(
  'outsideS',
  30,
  10,
  120,
  '有人且停在门区外多久报警',
  'occupied and standing outside the door zone',
);
/** The same inside it, where people may simply be waiting. */
export const INSIDE_HOLD = hold(
  'insideS',
  75,
  30,
  300,
  '有人且停在门区内不开门多久报警',
  'occupied and standing inside it',
);
/** Standing inside it for so long, the passengers are spoken to. */
export const ANNOUNCE = hold(
  'announceS',
  45,
  10,
  300,
  '门区内停多久先请求轿厢广播',
  'inside it: the car is asked to speak',
);
/** Occupied without a full opening at a landing for so long, standing or not. */
export const UNOPENED_HOLD = hold(
  'unopenedS',
  180,
  60,
  900,
  '有人且一直未在门区开门多久报警',
  'occupied and no full opening at a landing',
);
/**
 * A polled device misses openings: without one in this many polls they can hardly all have been missed. At 9 s a
 * poll this is the 180 s above; slower devices wait longer, or busy traffic would look like a shuttle.
 */
export const UNOPENED_POLLS = parameter({
  key: 'elevator.entrapment.unopenedPolls',
  default: 20,
  unit: 'count',
  min: 3,
  max: 100,
  whole: true,
  about: { zh: '轮询设备至少多少次轮询未见开门', en: 'a polled device must have seen no opening in so many polls' },
  source: 'tune',
});

/** The same at a landing, where one passenger may leave and another come in between two polls. */
export const INSIDE_POLLS = parameter({
  key: 'elevator.entrapment.insidePolls',
  default: 15,
  unit: 'count',
  min: 3,
  max: 100,
  whole: true,
  about: {
    zh: '轮询设备在门区内至少多少次轮询门未开',
    en: 'at a landing a polled device must have seen it shut so often',
  },
  source: 'tune',
});

export const ENTRAPMENT_PARAMETERS = [
  ...[OUTSIDE_HOLD, INSIDE_HOLD, ANNOUNCE],
  ...[UNOPENED_HOLD, UNOPENED_POLLS, INSIDE_POLLS],
];

/** (tune) … but never more than this many times the hold: the rarer a device is asked, the less it knows of openings. */
const LONGEST_INSIDE = 2;

/** A poll comes a little later than the one before. */
const LATE_POLL_MS = seconds(1);

export function insideHoldMs(d: Device): number {
  const ms = msOf(d, INSIDE_HOLD);
  if (reportsDoorEvents(d)) return ms;
  const interval = seconds(d.attributes.expectedIntervalS);
  // The door may have opened since the last poll: the next one says.
  return Math.min(Math.max(ms + interval + LATE_POLL_MS, valueOf(d, INSIDE_POLLS) * interval), LONGEST_INSIDE * ms);
}

export const unopenedHoldMs = (d: Device): number =>
  reportsDoorEvents(d)
    ? msOf(d, UNOPENED_HOLD)
    : Math.max(msOf(d, UNOPENED_HOLD), msOf(d, UNOPENED_POLLS) * d.attributes.expectedIntervalS);
