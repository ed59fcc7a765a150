import { DAY, HOUR, keep, say, type CaseDevice, type DetectionCase, type Moment } from './case.js';
import { car, lift } from './lift-moments.js';

const lifts = ['l1', 'l2', 'l3', 'l4', 'l5'];
const cars: readonly CaseDevice[] = lifts.map((id) => lift({ id }));
/** All parked and heard every 10 s. */
const parked = (ids: readonly string[], from: number, to: number): Moment[] =>
  ids.flatMap((id, i) => keep(id, from + i, to, 10, car()));
const outdoor: CaseDevice = {
  id: 'weather',
  kind: 'pipe-sensor',
  everyS: 600,
  attributes: { outdoor: true },
  caps: ['ambientTempC'],
};
const air = (from: number, to: number, ambientTempC: number): Moment[] =>
  keep('weather', from, to, 600, { ambientTempC });

export const BUILDING_CASES: readonly DetectionCase[] = [
  {
    event: 'building.fire-mode',
    about: 'two lifts go to fire return, one alarm for the building; it ends when both are back',
    devices: cars.slice(0, 3),
    moments: [
      ...parked(['l1', 'l2', 'l3'], 0, 20),
      say(30, 'l1', car({ mode: 'fire-return' })),
      say(34, 'l2', car({ mode: 'fire-return' })),
      ...keep('l3', 32, 132, 10, car()),
      say(100, 'l1', car()),
      say(120, 'l2', car()),
    ],
    raised: [30, 36],
    priority: 'P1',
    cleared: [120, 130],
    restartAtS: 25,
    twin: {
      about: 'inspection and an earthquake run are no fire',
      devices: cars.slice(0, 3),
      moments: [
        ...parked(['l1', 'l2', 'l3'], 0, 20),
        ...keep('l1', 30, 130, 10, car({ mode: 'inspection' })),
        ...keep('l2', 30, 130, 10, car({ mode: 'earthquake' })),
        ...keep('l3', 32, 132, 10, car()),
      ],
    },
  },
  {
    event: 'building.power-lost',
    about: 'one lift tells of lost mains and two more vanish; most come back',
    devices: cars.slice(0, 3),
    moments: [
      ...parked(['l1', 'l2', 'l3'], 0, 60),
      ...keep('l1', 65, 395, 10, car({ mainsPower: false })),
      ...parked(['l1', 'l2', 'l3'], 400, 460),
    ],
    raised: [170, 200],
    priority: 'P2',
    cleared: [400, 412],
    restartAtS: 120,
    restartMayDelayS: 125,
    twin: {
      about: 'an electrician isolates one lift while another device is away with a dead battery',
      devices: cars.slice(0, 3),
      moments: [
        ...parked(['l1', 'l2', 'l3'], 0, 60),
        ...keep('l1', 65, 600, 10, car({ mainsPower: false })),
        ...keep('l2', 65, 600, 10, car()),
      ],
      untilS: 660,
    },
  },
  {
    event: 'building.comms-lost',
    about: 'the switch of the building dies: three of five fall silent, nobody tells of lost mains; then they are back',
    devices: cars,
    moments: [...parked(lifts, 0, 60), ...parked(['l4', 'l5'], 61, 400), ...parked(lifts, 401, 460)],
    raised: [170, 260],
    priority: 'P3',
    cleared: [400, 420],
    restartAtS: 120,
    restartMayDelayS: 130,
    twin: {
      about: 'two devices are being exchanged while one after another is off for a while',
      devices: cars,
      moments: [...parked(lifts, 0, 60), ...parked(['l3', 'l4', 'l5'], 61, 900)],
      untilS: 960,
    },
  },
  {
    event: 'estate.cold-wave',
    about: '−7 °C outdoors; the thaw is over after a day of warmth',
    devices: [outdoor],
    moments: [
      ...air(0, HOUR, -3),
      ...air(HOUR + 600, 6 * HOUR, -7),
      ...air(6 * HOUR + 600, 6 * HOUR + DAY + 2 * HOUR, 2),
    ],
    raised: [HOUR + 600, HOUR + 600],
    priority: 'P4',
    cleared: [6 * HOUR + DAY, 6 * HOUR + DAY + 1800],
    restartAtS: HOUR + 300,
    twin: {
      about: 'an ordinary frost of −5 °C, and a cold store that is not outdoors',
      devices: [outdoor, { id: 'store', kind: 'pipe-sensor', everyS: 600, caps: ['ambientTempC'] }],
      moments: [...air(0, 6 * HOUR, -5), ...keep('store', 0, 6 * HOUR, 600, { ambientTempC: -18 })],
    },
  },
  {
    event: 'smoke.alarm',
    about: 'a smoke detector reports smoke; the panel is reset by a person on site',
    devices: [smoke()],
    moments: [
      ...keep('smoke', 0, 120, 60, { channels: { smoke: false } }),
      say(150, 'smoke', { channels: { smoke: true } }),
      ...keep('smoke', 210, 600, 60, { channels: { smoke: false } }),
    ],
    raised: [150, 165],
    priority: 'P1',
    endedAtS: 400,
    restartAtS: 149,
    twin: {
      about: 'dust: the obscuration channel rises, the alarm contact does not',
      devices: [smoke()],
      moments: keep('smoke', 0, 600, 60, (t) => ({ channels: { smoke: false, obscurationPct: t / 100 } })),
    },
  },
];

function smoke(): CaseDevice {
  const rule = { event: 'smoke.alarm', channel: 'smoke', is: true, holdS: 0, clearHoldS: 0 };
  return { id: 'smoke', kind: 'generic', everyS: 60, attributes: { rules: [rule] } };
}
