import { DAY, HOUR, keep, say, type CaseDevice, type DetectionCase, type Moment } from './case.js';

const pipe: CaseDevice = {
  id: 'pipe',
  kind: 'pipe-sensor',
  everyS: 60,
  attributes: { role: 'riser' },
  caps: ['pressureMpa', 'wet', 'batteryPct'],
};
const meter: CaseDevice = {
  id: 'meter',
  kind: 'water-meter',
  everyS: 900,
  unit: 'u1',
  occupancy: 'occupied',
  attributes: { q3M3h: 2.5, registerStepM3: 0.001 },
};
/** A live pressure is never the same twice. */
const mpa = (t: number): number => Math.round((0.3 + 0.02 * Math.sin(t / 977) + 0.005 * Math.sin(t / 61)) * 1e4) / 1e4;
const alive = (from: number, to: number, everyS = 60): Moment[] =>
  keep('pipe', from, to, everyS, (t) => ({ pressureMpa: mpa(t), wet: false }));

export const DEVICE_CASES: readonly DetectionCase[] = [
  {
    event: 'device.offline',
    about: 'a riser sensor of one-minute readings says nothing for three minutes, then is back',
    devices: [pipe],
    moments: [...alive(0, 300), ...alive(900, 1200)],
    raised: [479, 482],
    priority: 'P4',
    cleared: [900, 900.1],
    restartAtS: 400,
    restartMayDelayS: 120,
    twin: {
      about: 'its will is published and a reading comes 20 s later; two readings are lost',
      devices: [pipe],
      moments: [
        ...alive(0, 300),
        { t: 310, device: 'pipe', input: { type: 'will' } },
        say(330, 'pipe', { pressureMpa: mpa(330), wet: false }),
        ...alive(480, 900),
      ],
    },
  },
  {
    event: 'device.clock-skew',
    about: 'the clock of a device is five minutes ahead, and is set right',
    devices: [pipe],
    moments: [
      ...alive(0, 120).map((m) => ({ ...m, clockOffS: -0.4 })),
      ...alive(180, 600).map((m) => ({ ...m, clockOffS: 300 })),
      ...alive(660, 2400).map((m) => ({ ...m, clockOffS: -0.4 })),
    ],
    raised: [180, 600],
    priority: 'P4',
    cleared: [660, 2400],
    restartAtS: 170,
    twin: {
      about: 'a clock that is 90 s behind',
      devices: [pipe],
      moments: alive(0, 1800).map((m) => ({ ...m, clockOffS: -90 })),
    },
  },
  {
    event: 'device.stuck',
    about: 'a pressure that has been exactly the same for three days, and moves again',
    devices: [pipe],
    moments: [
      ...alive(0, HOUR),
      ...keep('pipe', HOUR + 60, 3 * DAY, 60, { pressureMpa: 0.3111, wet: false }),
      ...alive(3 * DAY + 60, 3 * DAY + 2 * HOUR),
    ],
    raised: [2 * DAY, 2 * DAY + 3 * HOUR],
    priority: 'P4',
    cleared: [3 * DAY, 3 * DAY + 2 * HOUR],
    restartAtS: DAY,
    twin: {
      about: 'the register of an empty unit stands still for a week',
      devices: [{ ...meter, occupancy: 'vacant' }],
      moments: keep('meter', 0, 7 * DAY, 900, { volumeM3: 123.456 }),
    },
  },
  {
    event: 'device.chattering',
    about: 'a loose wire: wet for 12 s and dry for 3 s, again and again',
    devices: [pipe],
    moments: [
      ...alive(0, 60),
      ...[0, 15, 30, 45, 60, 75].flatMap((t) => [
        say(100 + t, 'pipe', { pressureMpa: mpa(t), wet: true }),
        say(112 + t, 'pipe', { pressureMpa: mpa(t), wet: false }),
      ]),
      ...alive(240, 3 * HOUR),
    ],
    raised: [140, 200],
    priority: 'P4',
    cleared: [200, 3 * HOUR],
    restartAtS: 120,
    twin: {
      about: 'a mop touches the sensor twice in an hour',
      devices: [pipe],
      moments: [
        ...alive(0, 60),
        say(100, 'pipe', { wet: true }),
        say(115, 'pipe', { wet: false }),
        ...alive(180, 1800),
        say(1900, 'pipe', { wet: true }),
        say(1915, 'pipe', { wet: false }),
        ...alive(1960, 3000),
      ],
    },
  },
  {
    event: 'device.low-battery',
    about: 'the battery falls to 8 % and is changed',
    devices: [pipe],
    moments: [
      ...keep('pipe', 0, 600, 60, (t) => ({ pressureMpa: mpa(t), batteryPct: 40 })),
      ...keep('pipe', 660, 1200, 60, (t) => ({ pressureMpa: mpa(t), batteryPct: 8 })),
      ...keep('pipe', 1260, 2400, 60, (t) => ({ pressureMpa: mpa(t), batteryPct: 100 })),
    ],
    raised: [660, 1200],
    priority: 'P4',
    cleared: [1260, 2400],
    restartAtS: 650,
    twin: {
      about: 'the voltage sags in the cold to 35 % for a night',
      devices: [pipe],
      moments: keep('pipe', 0, 12 * HOUR, 600, (t) => ({
        pressureMpa: mpa(t),
        batteryPct: t > 4 * HOUR && t < 8 * HOUR ? 35 : 60,
      })),
    },
  },
  {
    event: 'device.seq-gap',
    about: 'readings 5 to 9 are lost on the way; after that all come',
    devices: [pipe],
    moments: [
      ...alive(0, 240).map((m, i) => ({ ...m, seq: i })),
      ...alive(300, 2 * DAY, 600).map((m, i) => ({ ...m, seq: 10 + i })),
    ],
    raised: [300, 1800],
    priority: 'P4',
    cleared: [900, 2 * DAY],
    restartAtS: 250,
    twin: {
      about: 'a bridge restarts and counts from 0 again',
      devices: [pipe],
      moments: [
        ...alive(0, 600).map((m, i) => ({ ...m, seq: 1000 + i })),
        ...alive(660, 3600).map((m, i) => ({ ...m, seq: i })),
      ],
    },
  },
];
