import { randomBytes } from 'node:crypto';
import { stringify } from 'yaml';
import type { DeviceKind } from '../../src/estate/device.js';

export interface ChaosDevice {
  readonly id: string;
  readonly kind: DeviceKind;
  readonly token: string;
  readonly topic: string;
}

export interface ChaosPerson {
  readonly username: string;
  readonly password: string;
  readonly role: string;
}

export interface ChaosEstate {
  readonly id: string;
  readonly yaml: string;
  readonly tokens: Record<string, string>;
  readonly lifts: readonly ChaosDevice[];
  readonly gates: readonly ChaosDevice[];
  readonly pipes: readonly ChaosDevice[];
  readonly people: readonly ChaosPerson[];
}

const ESTATE = 'ch';
const both = (text: string) => ({ zh: text, en: text });

/** One person for each target of each level, so that no level is skipped because its people are paged already. */
const STAFF: readonly (readonly [string, string, 'primary' | 'backup'])[] = [
  ['ch-butler', 'butler', 'primary'],
  ['ch-butler-2', 'butler', 'backup'],
  ['ch-guard', 'security', 'primary'],
  ['ch-desk', 'control-room', 'primary'],
  ['ch-chief', 'supervisor', 'primary'],
  ['ch-manager', 'project-manager', 'primary'],
  ['ch-engineer', 'engineer', 'primary'],
  ['ch-liftman', 'contractor', 'primary'],
  ['ch-liftman-2', 'contractor', 'backup'],
];

const TYPES = {
  lift: {
    kind: 'elevator',
    attributes: {
      expectedIntervalS: 5,
      capabilities: [
        'mode',
        'floor',
        'direction',
        'speedMps',
        'doorZone',
        'door',
        'door-events',
        'peopleInCar',
        'alarmButton',
        'mainsPower',
        'safetyCircuitClosed',
      ],
    },
  },
  gate: {
    kind: 'gate',
    attributes: { expectedIntervalS: 30, capabilities: ['mode', 'position', 'access'], egressMonitored: false },
  },
  pipe: {
    kind: 'pipe-sensor',
    attributes: { expectedIntervalS: 10, capabilities: ['pressureMpa', 'wet'], role: 'riser' },
  },
} as const;

/** A made-up estate with everybody on duty around the clock. */
export function chaosEstate(count: { lifts: number; gates: number; pipes: number }): ChaosEstate {
  const devices: object[] = [];
  const tokens: Record<string, string> = {};
  const make = (type: keyof typeof TYPES, n: number): ChaosDevice[] =>
    Array.from({ length: n }, (_, i) => {
      const id = `ch-${type}-${i + 1}`;
      const kind = TYPES[type].kind;
      const token = (tokens[id] = randomBytes(32).toString('base64url'));
      devices.push({ id, like: type, building: 'ch-1', floor: type === 'lift' ? undefined : 1, name: both(id) });
      return { id, kind, token, topic: `steward/v1/${ESTATE}/${kind}/${id}/telemetry` };
    });
  const lifts = make('lift', count.lifts);
  const gates = make('gate', count.gates);
  const pipes = make('pipe', count.pipes);
  const people = STAFF.map(([username, role]) => ({ username, role, password: `pw-of-${username}` }));
  const yaml = stringify({
    version: 1,
    organisation: { id: 'ch-org', name: both('Chaos') },
    region: { id: 'ch-region', name: both('Chaos') },
    estate: { id: ESTATE, name: both('Chaos Garden') },
    deviceTypes: Object.fromEntries(Object.entries(TYPES).map(([id, t]) => [id, { ...t, life: 'live' }])),
    buildings: [{ id: 'ch-1', name: both('Block 1'), floors: '1-18' }],
    zones: [{ id: 'ch-zone', name: both('All'), buildings: ['ch-1'] }],
    devices,
    staff: people.map((p) => ({
      username: p.username,
      name: both(p.username),
      roles: [p.role],
      password: p.password,
    })),
    roster: STAFF.map(([person, role, duty]) => ({
      role,
      duty,
      person,
      weekdays: 'daily',
      from: '00:00',
      to: '00:00',
    })),
  });
  return { id: ESTATE, yaml, tokens, lifts, gates, pipes, people };
}
