import { randomBytes } from 'node:crypto';
import { stringify } from 'yaml';
import type { DeviceKind } from '../src/estate/device.js';
import type { LoadDevice } from './load-messages.js';

export interface BenchEstatePlan {
  readonly background: number;
  /** Gates that will report duress, once each. */
  readonly duressGates: number;
  /** Lifts that will trap somebody, once each. */
  readonly trapLifts: number;
}

export interface Login {
  readonly username: string;
  readonly password: string;
  readonly role: string;
}

export interface BenchEstate {
  readonly id: string;
  readonly yaml: string;
  readonly tokens: Readonly<Record<string, string>>;
  readonly background: readonly LoadDevice[];
  readonly duressGates: readonly LoadDevice[];
  readonly trapLifts: readonly LoadDevice[];
  /** The first is the butler on duty. */
  readonly logins: readonly Login[];
  /** Whose phones a duress code rings at once: butler, two guards, control room. */
  readonly firstPaged: readonly string[];
}

const ESTATE = 'bench';
const FLOORS = 18;
const PER_FLOOR = 7;
/** Of a hundred devices of an estate that is fully fitted out. */
const MIX: readonly (readonly [DeviceKind, number])[] = [
  ['water-meter', 50],
  ['elevator', 20],
  ['pipe-sensor', 15],
  ['gate', 15],
];

/** Of a P1 of a place, in the built-in policy, with the roster below. */
const FIRST_PAGED = ['butler-on-duty', 'guard', 'guard-at-gate', 'desk'];

const both = (text: string): { zh: string; en: string } => ({ zh: text, en: text });

const STAFF: readonly (readonly [string, string])[] = [
  ['butler-on-duty', 'butler'],
  ['butler-backup', 'butler'],
  ['guard', 'security'],
  ['guard-at-gate', 'security'],
  ['desk', 'control-room'],
  ['plumber', 'engineer'],
  ['chief', 'supervisor'],
  ['manager', 'project-manager'],
  ['liftman', 'contractor'],
  ['liftman-duty', 'contractor'],
];

const TYPES = {
  lift: {
    kind: 'elevator',
    attributes: {
      expectedIntervalS: 60,
      terminalFloors: [1, FLOORS],
      capabilities: [
        'mode',
        'floor',
        'direction',
        'speedMps',
        'doorZone',
        'door',
        'door-events',
        'peopleInCar',
        'loadKg',
        'mainsPower',
      ],
    },
  },
  meter: {
    kind: 'water-meter',
    attributes: {
      expectedIntervalS: 60,
      capabilities: ['volumeM3', 'flowLph', 'flags', 'batteryPct'],
      q3M3h: 2.5,
      registerStepM3: 0.001,
    },
  },
  pipe: {
    kind: 'pipe-sensor',
    attributes: { expectedIntervalS: 60, capabilities: ['pressureMpa', 'flowLps', 'pipeTempC', 'wet'], role: 'riser' },
  },
  gate: {
    kind: 'gate',
    attributes: {
      expectedIntervalS: 60,
      capabilities: ['mode', 'position', 'access', 'tamper'],
      egressMonitored: false,
    },
  },
  // Probes speak once and then leave: their silence must not become a second load.
  'probe-gate': {
    kind: 'gate',
    attributes: {
      expectedIntervalS: 86_400,
      capabilities: ['mode', 'position', 'access', 'tamper'],
      egressMonitored: false,
    },
  },
  'probe-lift': {
    kind: 'elevator',
    attributes: {
      expectedIntervalS: 86_400,
      terminalFloors: [1, FLOORS],
      capabilities: [
        'mode',
        'floor',
        'direction',
        'speedMps',
        'doorZone',
        'door',
        'door-events',
        'peopleInCar',
        'mainsPower',
      ],
    },
  },
};

/** A made-up estate that is large enough for a load: who lives there does not matter, that every device is its own does. */
export function benchEstate(plan: BenchEstatePlan): BenchEstate {
  const counts = new Map(MIX.map(([kind, share]) => [kind, Math.round((plan.background * share) / 100)]));
  const meters = counts.get('water-meter') ?? 0;
  const buildings = Math.max(1, Math.ceil(meters / (FLOORS * PER_FLOOR)));
  const buildingOf = (n: number): string => `bn-${1 + (n % buildings)}`;
  const devices: object[] = [];
  const made: LoadDevice[][] = [[], [], []];
  const [background, duressGates, trapLifts] = made as [LoadDevice[], LoadDevice[], LoadDevice[]];
  const tokens: Record<string, string> = {};
  const add = (into: LoadDevice[], id: string, type: keyof typeof TYPES, place: object): void => {
    const kind = TYPES[type].kind as DeviceKind;
    const token = randomBytes(32).toString('base64url');
    tokens[id] = token;
    devices.push({ id, like: type, name: both(id), ...place });
    into.push({ id, kind, token, topic: `steward/v1/${ESTATE}/${kind}/${id}/telemetry` });
  };
  for (let n = 0; n < meters; n++) {
    const place = Math.floor(n / buildings);
    const label = `${1 + Math.floor(place / PER_FLOOR)}${String(1 + (place % PER_FLOOR)).padStart(2, '0')}`;
    add(background, `bn-meter-${n}`, 'meter', { unit: `${buildingOf(n)}-${label}` });
  }
  for (let n = 0; n < (counts.get('elevator') ?? 0); n++) {
    add(background, `bn-lift-${n}`, 'lift', { building: buildingOf(n) });
  }
  for (let n = 0; n < (counts.get('pipe-sensor') ?? 0); n++) {
    add(background, `bn-pipe-${n}`, 'pipe', { building: buildingOf(n), floor: 1 });
  }
  for (let n = 0; n < (counts.get('gate') ?? 0); n++) {
    add(background, `bn-gate-${n}`, 'gate', { building: buildingOf(n), floor: 1 });
  }
  for (let n = 0; n < plan.duressGates; n++) {
    add(duressGates, `bn-duress-${n}`, 'probe-gate', { building: buildingOf(n), floor: 1 });
  }
  for (let n = 0; n < plan.trapLifts; n++) {
    add(trapLifts, `bn-trap-${n}`, 'probe-lift', { building: buildingOf(n) });
  }
  const logins = STAFF.map(([username, role]) => ({ username: `bn-${username}`, role, password: `bench-${username}` }));
  const yaml = stringify({
    version: 1,
    organisation: { id: 'bn-org', name: both('Bench') },
    region: { id: 'bn-region', name: both('Bench') },
    estate: { id: ESTATE, name: both('Bench') },
    deviceTypes: Object.fromEntries(Object.entries(TYPES).map(([id, t]) => [id, { ...t, life: 'live' }])),
    buildings: Array.from({ length: buildings }, (_, n) => ({
      id: buildingOf(n),
      name: both(`Block ${n + 1}`),
      floors: `1-${FLOORS}`,
      unitGrid: { floors: `1-${FLOORS}`, perFloor: PER_FLOOR, occupancy: 'occupied' },
    })),
    zones: [
      { id: 'bn-zone', name: both('All'), buildings: Array.from({ length: buildings }, (_, n) => buildingOf(n)) },
    ],
    devices,
    staff: logins.map((l) => ({ username: l.username, name: both(l.username), roles: [l.role], password: l.password })),
    roster: logins.map((l) => ({
      ...(l.role === 'butler' ? { zone: 'bn-zone' } : {}),
      role: l.role,
      duty: l.username === 'bn-butler-backup' || l.username === 'bn-liftman-duty' ? 'backup' : 'primary',
      person: l.username,
      weekdays: 'daily',
      from: '00:00',
      to: '00:00',
    })),
  });
  return {
    id: ESTATE,
    yaml,
    tokens,
    background: shuffled(background),
    duressGates,
    trapLifts,
    logins,
    firstPaged: FIRST_PAGED.map((p) => `bn-${p}`),
  };
}

/** Kinds mixed as they would come, the same every time. */
function shuffled<T>(list: readonly T[]): T[] {
  const mixed = [...list];
  let h = 12_345;
  for (let i = mixed.length - 1; i > 0; i--) {
    h = (Math.imul(h, 1_103_515_245) + 12_345) >>> 0;
    const j = h % (i + 1);
    [mixed[i], mixed[j]] = [mixed[j] as T, mixed[i] as T];
  }
  return mixed;
}
