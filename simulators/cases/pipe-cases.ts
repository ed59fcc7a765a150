import { DAY, HOUR, keep, say, type CaseDevice, type DetectionCase, type Moment } from './case.js';

const pipe = (over: Partial<CaseDevice> = {}): CaseDevice => ({
  id: 'pipe',
  kind: 'pipe-sensor',
  everyS: 60,
  attributes: { role: 'riser' },
  ...over,
});
const inlet = pipe({ unit: 'u1', occupancy: 'occupied', attributes: { role: 'dwelling-inlet' } });
const drain = pipe({ attributes: { role: 'drain' } });
/** Every minute one value of one field. */
const hold = (from: number, to: number, field: string, value: number | boolean): Moment[] =>
  keep('pipe', from, to, 60, { [field]: value });

/** Pressure of a riser over the week: it sags with demand, a little differently each day. */
function pressure(t: number): number {
  const hour = (t / HOUR) % 24;
  const demand = hour < 6 ? 0.05 : hour < 9 ? 0.9 : hour < 17 ? 0.4 : hour < 22 ? 0.8 : 0.25;
  return Math.round((0.32 - 0.05 * demand + 0.003 * Math.sin(t / 1013) + 0.002 * Math.sin(t / 211)) * 1e4) / 1e4;
}
const LEARNT = 15 * DAY;
const week = (from: number, to: number, dropMpa = 0): Moment[] =>
  keep('pipe', from, to, 300, (t) => ({ pressureMpa: Math.round((pressure(t) - dropMpa) * 1e4) / 1e4 }));

export const PIPE_CASES: readonly DetectionCase[] = [
  {
    event: 'pipe.burst',
    about: 'after two weeks of ordinary days the pressure falls by 0.1 MPa and stays there for six hours',
    from: '2026-01-05T00:00',
    devices: [pipe({ everyS: 300 })],
    moments: [
      ...week(0, LEARNT),
      ...week(LEARNT + 300, LEARNT + 6 * HOUR, 0.1),
      ...week(LEARNT + 6 * HOUR + 300, LEARNT + DAY),
    ],
    raised: [LEARNT + 300, LEARNT + 2 * HOUR],
    priority: 'P2',
    cleared: [LEARNT + 6 * HOUR, LEARNT + 12 * HOUR],
    restartAtS: LEARNT + 450,
    twin: {
      about: 'the pump starts: one reading 0.06 MPa too low, the next as ever, five times a day',
      from: '2026-01-05T00:00',
      devices: [pipe({ everyS: 300 })],
      moments: [
        ...week(0, LEARNT),
        ...keep('pipe', LEARNT + 300, LEARNT + 2 * DAY, 300, (t) => ({
          pressureMpa: Math.round((pressure(t) - (Math.floor(t / 300) % 57 === 0 ? 0.06 : 0)) * 1e4) / 1e4,
        })),
      ],
    },
  },
  {
    event: 'pipe.pressure-low',
    about: 'less than 0.1 MPa at the inlet of a dwelling for ten minutes',
    devices: [inlet],
    moments: [
      ...hold(0, 600, 'pressureMpa', 0.2),
      ...hold(660, 1260, 'pressureMpa', 0.08),
      ...hold(1320, 2400, 'pressureMpa', 0.2),
    ],
    raised: [959, 1021],
    priority: 'P3',
    cleared: [1619, 1681],
    restartAtS: 800,
    twin: {
      about:
        'a plumber drains a riser: low at the riser’s own sensor; at the inlet a valve is closed for three minutes',
      devices: [inlet, pipe({ id: 'foot' })],
      moments: [
        ...hold(0, 600, 'pressureMpa', 0.2),
        ...hold(660, 840, 'pressureMpa', 0.02),
        ...hold(900, 3600, 'pressureMpa', 0.2),
        ...keep('foot', 0, 3600, 60, (t) => ({ pressureMpa: t < 600 ? 0.4 : 0.01 })),
      ],
    },
  },
  {
    event: 'pipe.pressure-high',
    about: 'more than 0.35 MPa at the inlet of a dwelling for ten minutes',
    devices: [inlet],
    moments: [
      ...hold(0, 600, 'pressureMpa', 0.2),
      ...hold(660, 1260, 'pressureMpa', 0.42),
      ...hold(1320, 2400, 'pressureMpa', 0.2),
    ],
    raised: [959, 1021],
    priority: 'P3',
    cleared: [1619, 1681],
    restartAtS: 800,
    twin: {
      about: 'a high-zone riser stands at 0.6 MPa by design; at the inlet a water hammer of two minutes',
      devices: [inlet, pipe({ id: 'foot' })],
      moments: [
        ...hold(0, 600, 'pressureMpa', 0.2),
        ...hold(660, 780, 'pressureMpa', 0.5),
        ...hold(840, 3600, 'pressureMpa', 0.2),
        ...keep('foot', 0, 3600, 60, { pressureMpa: 0.6 }),
      ],
    },
  },
  {
    event: 'pipe.freeze-risk',
    about: 'the pipe of an empty unit is at 1 °C for an hour, and warm again the next day',
    devices: [pipe({ unit: 'u1', occupancy: 'vacant', attributes: { role: 'dwelling-inlet' } })],
    moments: [
      ...hold(0, 600, 'pipeTempC', 8),
      ...hold(660, 4260, 'pipeTempC', 1),
      ...hold(4320, 4320 + 3 * HOUR, 'pipeTempC', 9),
    ],
    raised: [2459, 2521],
    priority: 'P2',
    cleared: [4320 + 2 * HOUR - 60, 4320 + 2 * HOUR + 120],
    restartAtS: 1500,
    twin: {
      about: 'a cold tap is opened: twenty minutes at 2 °C, then 6 °C; the air at −10 °C, the pipe lagged',
      devices: [pipe({ unit: 'u1', occupancy: 'vacant' })],
      moments: [
        ...hold(0, 600, 'pipeTempC', 8),
        ...hold(660, 1860, 'pipeTempC', 2),
        ...keep('pipe', 1920, 7200, 60, { pipeTempC: 6, ambientTempC: -10 }),
      ],
    },
  },
  {
    event: 'pipe.backflow',
    about: 'the drain rises to 85 % of its overflow; it is cleared',
    devices: [drain],
    moments: [...hold(0, 300, 'levelPct', 10), ...hold(360, 960, 'levelPct', 85), ...hold(1020, 1800, 'levelPct', 20)],
    raised: [360, 371],
    priority: 'P2',
    cleared: [1020, 1080],
    restartAtS: 340,
    twin: {
      about: 'a shower over a floor drain: wet for eight minutes, the level at 40 %',
      devices: [drain],
      moments: [
        ...keep('pipe', 0, 300, 60, { wet: false, levelPct: 5 }),
        ...keep('pipe', 360, 840, 60, { wet: true, levelPct: 40 }),
        ...keep('pipe', 900, 1800, 60, { wet: false, levelPct: 10 }),
      ],
    },
  },
  {
    event: 'pipe.leak',
    about: 'the sensor at the foot of a riser is wet; the valve is closed and the floor dries',
    devices: [pipe()],
    moments: [
      ...hold(0, 120, 'wet', false),
      ...keep('pipe', 150, 400, 10, { wet: true }),
      ...hold(420, 900, 'wet', false),
    ],
    raised: [159.9, 161],
    priority: 'P2',
    cleared: [420, 480],
    restartAtS: 155,
    twin: {
      about: 'the sensor bounces: wet for 4 s, dry, wet for 6 s; and a shower runs over a floor drain',
      devices: [pipe(), { ...drain, id: 'floor' }],
      moments: [
        ...hold(0, 60, 'wet', false),
        say(70, 'pipe', { wet: true }),
        say(74, 'pipe', { wet: false }),
        say(80, 'pipe', { wet: true }),
        say(86, 'pipe', { wet: false }),
        ...hold(120, 900, 'wet', false),
        ...keep('floor', 0, 480, 60, { wet: true }),
        ...keep('floor', 540, 900, 60, { wet: false }),
      ],
    },
  },
];
