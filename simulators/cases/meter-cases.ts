import type { Device } from '../../src/estate/device.js';
import { DAY, HOUR, keep, say, type CaseDevice, type DetectionCase, type Moment } from './case.js';

const QUARTER = 900;
const meter = (over: Partial<CaseDevice> = {}): CaseDevice => ({
  id: 'meter',
  kind: 'water-meter',
  everyS: QUARTER,
  unit: 'u1',
  occupancy: 'occupied',
  attributes: { q3M3h: 2.5, registerStepM3: 0.001 },
  ...over,
});
const empty: Partial<CaseDevice> = { occupancy: 'vacant' };
const round = (m3: number): number => Math.round(m3 * 1000) / 1000;

/** A stretch of time and the flow in it, L/h. */
type Flow = readonly [untilS: number, lph: number];

/** The register, every `everyS`, as the flows move it. */
function register(
  flows: readonly Flow[],
  everyS = QUARTER,
  startM3 = 100,
  more: Readonly<Record<string, unknown>> = {},
): Moment[] {
  const out: Moment[] = [];
  let m3 = startM3;
  let t = 0;
  for (const [until, lph] of flows) {
    for (; t <= until; t += everyS) {
      out.push(say(t, 'meter', { volumeM3: round(m3), ...more }));
      m3 += (lph * everyS) / 3_600_000;
    }
  }
  return out;
}

/** An ordinary household from local 00:00 on: nothing at night, machines and showers by day. */
function household(days: number, factor = 1, startM3 = 100): Moment[] {
  const flows: Flow[] = [];
  for (let d = 0; d < days; d++) {
    const hours: readonly [number, number][] = [
      [6, 0],
      [7, 60],
      [8, 30],
      [11, 4],
      [12, 0],
      [13, 25],
      [17, 0],
      [18, 40],
      [20, 30],
      [22, 12],
      [24, 0],
    ];
    for (const [h, lph] of hours) flows.push([d * DAY + h * HOUR - 1, lph * factor]);
  }
  return register(flows, HOUR, startM3);
}

const become = (t: number, over: Partial<Device>): Moment => ({ t, device: 'meter', become: over });

export const METER_CASES: readonly DetectionCase[] = [
  {
    event: 'meter.vacant-flow',
    about: 'a tap drips 12 L/h in an empty unit until the branch valve is closed',
    devices: [meter(empty)],
    moments: register([
      [2 * HOUR, 0],
      [5 * HOUR, 12],
      [14 * HOUR, 0],
    ]),
    raised: [2 * HOUR, 3 * HOUR],
    priority: 'P3',
    cleared: [6 * HOUR, 8 * HOUR],
    restartAtS: 2 * HOUR + QUARTER + 60,
    twin: {
      about: 'one flush a week, and a cleaning under a logged visit; then a tenant moves in and the register knows',
      from: '2026-01-05T00:00',
      devices: [meter(empty)],
      moments: [
        ...register([
          [2 * DAY, 0],
          [2 * DAY + 1, 24],
          [6 * DAY, 0],
        ]),
        become(6 * DAY + 60, { visitUntil: Date.UTC(2026, 0, 4, 16) + 6 * DAY * 1000 + 3 * HOUR * 1000 }),
        ...register(
          [
            [2 * HOUR, 120],
            [10 * HOUR, 0],
          ],
          QUARTER,
          100.006,
        ).map((m) => ({ ...m, t: m.t + 6 * DAY + QUARTER })),
        become(7 * DAY, { occupancy: 'leased', visitUntil: null }),
        ...register(
          [
            [3 * HOUR, 60],
            [5 * HOUR, 0],
          ],
          QUARTER,
          100.3,
        ).map((m) => ({ ...m, t: m.t + 7 * DAY + QUARTER })),
      ],
    },
  },
  {
    event: 'meter.continuous-flow',
    about: 'a cistern runs at 8 L/h through two nights, then it is mended',
    from: '2026-01-05T00:00',
    devices: [meter({ everyS: HOUR })],
    moments: [
      ...household(1),
      ...register(
        [
          [32 * HOUR, 8],
          [60 * HOUR, 0],
        ],
        HOUR,
        101,
      ).map((m) => ({ ...m, t: m.t + DAY })),
    ],
    raised: [DAY + 23 * HOUR, DAY + 26 * HOUR],
    priority: 'P4',
    cleared: [DAY + 33 * HOUR, DAY + 37 * HOUR],
    restartAtS: DAY + 12 * HOUR,
    twin: {
      about: 'the garden is watered from six in the evening to six in the morning, beside an ordinary household',
      from: '2026-01-05T18:00',
      devices: [meter({ everyS: HOUR })],
      moments: register(
        [
          [12 * HOUR, 400],
          [15 * HOUR, 0],
          [20 * HOUR, 30],
          [22 * HOUR, 0],
          [26 * HOUR, 20],
          [34 * HOUR, 0],
          [40 * HOUR, 20],
          [48 * HOUR, 0],
        ],
        HOUR,
      ),
    },
  },
  {
    event: 'meter.burst',
    about: 'a hose bursts in an occupied unit: 700 L/h for an hour and more',
    devices: [meter({ everyS: 300 })],
    moments: register(
      [
        [2 * HOUR, 0],
        [3 * HOUR + 1800, 700],
        [6 * HOUR, 0],
      ],
      300,
    ),
    raised: [2 * HOUR + 1500, 2 * HOUR + 2700],
    cleared: [3 * HOUR + 1800, 4 * HOUR + 1800],
    restartAtS: 2 * HOUR + 1000,
    twin: {
      about: 'a bath and a washing machine for twenty minutes, and a declared garden tap for hours',
      devices: [meter({ everyS: 300, attributes: { q3M3h: 2.5, registerStepM3: 0.001, declaredTap: 'garden' } })],
      moments: register(
        [
          [HOUR, 0],
          [HOUR + 1200, 800],
          [3 * HOUR, 0],
          [6 * HOUR, 700],
          [8 * HOUR, 0],
        ],
        300,
      ),
    },
  },
  {
    event: 'meter.reverse',
    about: 'the meter says that water runs backwards, for two hours',
    devices: [meter()],
    moments: [
      ...register([[HOUR, 20]], QUARTER, 100, { flags: [] }),
      ...keep('meter', HOUR + QUARTER, 3 * HOUR, QUARTER, (t) => ({
        volumeM3: 100.02,
        reverseVolumeM3: round(t / 1e6),
        flags: ['reverse'],
      })),
      ...keep('meter', 3 * HOUR + QUARTER, 6 * HOUR, QUARTER, { volumeM3: 100.02, flags: [] }),
    ],
    raised: [HOUR, 2 * HOUR],
    priority: 'P3',
    cleared: [3 * HOUR, 5 * HOUR],
    restartAtS: HOUR + 60,
    twin: {
      about: 'a meter swap: another serial number and a lower register, kept',
      devices: [meter()],
      moments: [
        ...register([[3 * HOUR, 20]], QUARTER, 812, { serial: 'A1', flags: [] }),
        ...register([[4 * HOUR, 20]], QUARTER, 0.1, { serial: 'B7', flags: [] }).map((m) => ({
          ...m,
          t: m.t + 4 * HOUR,
        })),
      ],
    },
  },
  {
    event: 'meter.dry',
    about: 'the meter says that it stands without water; it is filled again',
    devices: [meter()],
    moments: [
      ...keep('meter', 0, HOUR, QUARTER, { volumeM3: 50, flags: [] }),
      ...keep('meter', HOUR + QUARTER, 2 * HOUR, QUARTER, { volumeM3: 50, flags: ['dry'] }),
      ...keep('meter', 2 * HOUR + QUARTER, 4 * HOUR, QUARTER, { volumeM3: 50, flags: [] }),
    ],
    raised: [HOUR, 2 * HOUR],
    priority: 'P3',
    cleared: [2 * HOUR, 4 * HOUR],
    restartAtS: HOUR + 60,
    twin: {
      about: 'a plumber drains the riser: no use is told, and the meter keeps its water',
      devices: [meter()],
      moments: keep('meter', 0, 6 * HOUR, QUARTER, { volumeM3: 50, flags: ['no-consumption'] }),
    },
  },
  {
    event: 'meter.tamper',
    about: 'a magnet is held to the meter; it is seen to on the spot',
    devices: [meter()],
    moments: [
      ...keep('meter', 0, HOUR, QUARTER, { volumeM3: 50, flags: [] }),
      ...keep('meter', HOUR + QUARTER, 2 * HOUR, QUARTER, { volumeM3: 50, flags: ['tamper'] }),
      ...keep('meter', 2 * HOUR + QUARTER, 8 * HOUR, QUARTER, { volumeM3: 50, flags: [] }),
    ],
    raised: [HOUR, 2 * HOUR],
    priority: 'P3',
    endedAtS: 4 * HOUR,
    restartAtS: HOUR + 60,
    twin: {
      about: 'an announced exchange of the battery: low battery, then none; estimated reads in between',
      devices: [meter()],
      moments: [
        ...keep('meter', 0, HOUR, QUARTER, { volumeM3: 50, flags: ['low-battery'], batteryPct: 5 }),
        ...keep('meter', HOUR + QUARTER, 2 * HOUR, QUARTER, { volumeM3: 50.02, estimated: true }),
        ...keep('meter', 2 * HOUR + QUARTER, 4 * HOUR, QUARTER, { volumeM3: 50.01, flags: [], batteryPct: 100 }),
      ],
    },
  },
  {
    event: 'meter.no-use-welfare',
    about: 'an old person who lives alone uses no water from one morning on; somebody speaks with him at ten at night',
    from: '2026-01-05T00:00',
    devices: [meter({ welfare: true, everyS: HOUR })],
    moments: [...household(8), ...keep('meter', 8 * DAY, 9 * DAY, HOUR, { volumeM3: round(100 + 8 * 0.2) })],
    raised: [8 * DAY + 10 * HOUR, 8 * DAY + 21 * HOUR],
    priority: 'P3',
    endedAtS: 8 * DAY + 22 * HOUR,
    restartAtS: 8 * DAY + 9 * HOUR,
    twin: {
      about: 'the resident has said that he is away; before that he uses little but something every day',
      from: '2026-01-05T00:00',
      devices: [meter({ welfare: true, everyS: HOUR })],
      moments: [
        ...household(8, 0.3),
        become(8 * DAY, { awayUntil: Date.UTC(2026, 0, 4, 16) + 12 * DAY * 1000 }),
        ...keep('meter', 8 * DAY + HOUR, 11 * DAY, HOUR, { volumeM3: 101 }),
      ],
    },
  },
  {
    event: 'riser.balance',
    about: 'a joint of the riser seeps, up to 60 L/h after five days, beside four flats; it is mended',
    from: '2026-01-05T00:00',
    devices: riserDevices(),
    moments: riserWeeks(16, 10, 60),
    raised: [18 * DAY, 23 * DAY],
    priority: 'P3',
    cleared: [27 * DAY, 31 * DAY],
    restartAtS: 17 * DAY + 12 * HOUR,
    restartMayDelayS: DAY,
    twin: {
      about: 'guests: one flat uses twice as much for a week, and its own meter counts it',
      from: '2026-01-05T00:00',
      devices: riserDevices(),
      moments: riserWeeks(16, 10, 0, 2),
    },
  },
];

function riserDevices(): readonly CaseDevice[] {
  const attributes = { q3M3h: 2.5, registerStepM3: 0.001 };
  const flats: CaseDevice[] = [1, 2, 3, 4].map((n) => ({
    id: `flat${n}`,
    kind: 'water-meter',
    everyS: HOUR,
    unit: `u${n}`,
    occupancy: 'occupied',
    attributes,
  }));
  return [
    { id: 'parent', kind: 'water-meter', everyS: HOUR, attributes: { ...attributes, q3M3h: 16, role: 'riser' } },
    ...flats,
  ];
}

/** @param quiet days before @param days with a loss that grows to so many L/h, or with guests in flat 1; then five quiet days */
function riserWeeks(quiet: number, days: number, lossLph: number, guests = 1): Moment[] {
  const out: Moment[] = [];
  const registers = [0, 0, 0, 0];
  let parent = 0;
  for (let h = 0; h < (quiet + days + 5) * 24; h++) {
    const t = h * HOUR;
    const during = h >= quiet * 24 && h < (quiet + days) * 24;
    const hour = h % 24;
    const base = hour < 6 ? 0.5 : hour < 9 ? 30 : hour < 17 ? 8 : hour < 22 ? 25 : 4;
    out.push(say(t, 'parent', { volumeM3: round(500 + parent) }));
    for (const [i, m3] of registers.entries()) {
      out.push(say(t, `flat${i + 1}`, { volumeM3: round(50 + m3) }));
      // Households differ from day to day, by a pattern without chance.
      const wobble = 1 + 0.15 * Math.sin(h * 0.7 + i * 2) + 0.1 * Math.sin(h * 0.13 + i);
      const used = (base * wobble * (during && i === 0 ? guests : 1)) / 1000;
      registers[i] = m3 + used;
      parent += used;
    }
    if (during) parent += (lossLph * Math.min(1, (h - quiet * 24) / 120)) / 1000;
  }
  return out;
}
