import { stringify } from 'yaml';
import type { Kysely } from 'kysely';
import type { TokenVault } from '../../src/access/token-vault.js';
import { importEstate } from '../../src/estate/import-estate.js';
import { readEstateFile } from '../../src/estate/read-estate-file.js';
import type { EstateFile } from '../../src/estate/estate-file.js';
import type { Role } from '../../src/gateway/views.js';
import type { Database } from '../../src/platform/database-schema.js';

type Plain = Record<string, unknown>;

export interface EstateWish {
  /** Begins every id of it: `alpha` has the lift `alpha-1-lift-1`, the butler `alpha.butler-1`. */
  readonly id: string;
  /** Lifts in each of its two buildings. */
  readonly lifts?: number;
  /** Doors in each building. */
  readonly doors?: number;
  /** Devices that are in commissioning rather than live, by id. */
  readonly commissioning?: readonly string[];
  /** As in an estate file. They log in with {@link tokenOf}. */
  readonly bridges?: readonly Plain[];
  /** More devices, as in an estate file. */
  readonly devices?: readonly Plain[];
  /** Staff may log in with {@link passwordOf}. Each costs a slow hash at the import. */
  readonly passwords?: boolean;
  /** People of other estates who work here too. */
  readonly guests?: readonly { readonly username: string; readonly role: Role }[];
}

export const passwordOf = (username: string): string => `secret of ${username}`;
export const tokenOf = (device: string): string => `token-of-${device}`;

const name = (text: string) => ({ zh: `名${text}`, en: text });
const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i + 1));

const STAFF: readonly (readonly [string, Role])[] = [
  ['control-1', 'control-room'],
  ['control-2', 'control-room'],
  ['butler-1', 'butler'],
  ['butler-2', 'butler'],
  ['butler-3', 'butler'],
  ['security-1', 'security'],
  ['engineer-1', 'engineer'],
  ['supervisor-1', 'supervisor'],
  ['manager-1', 'project-manager'],
  ['contractor-1', 'contractor'],
  ['contractor-2', 'contractor'],
  ['contractor-3', 'contractor'],
];

const LIFT_FIELDS = [
  ...['mode', 'floor', 'direction', 'speedMps', 'doorZone', 'door', 'door-events', 'peopleInCar'],
  ...['alarmButton', 'mainsPower'],
];

/**
 * A small estate: two buildings with a riser of each kind, lifts, four units (the first vacant) with meters, a riser
 * sensor, doors; one barrier. Around the clock: butler-1 has building 1 and butler-2 backs him, the other way round in
 * building 2; control-1, security-1, engineer-1, supervisor-1, manager-1; contractor-1, backed by contractor-2.
 * butler-3, control-2 and contractor-3 are never on duty.
 */
export function estateYaml(wish: EstateWish): string {
  const { id } = wish;
  const person = (who: string): string => `${id}.${who}`;
  const life = (device: string) => (wish.commissioning?.includes(device) ? { life: 'commissioning' } : {});
  const building = (no: number): Plain => {
    const b = `${id}-${no}`;
    return {
      id: b,
      name: name(`${id} building ${no}`),
      floors: '1-10',
      risers: [
        { id: `${b}-water`, kind: 'water', name: name('water riser'), valve: `V-${no}1` },
        { id: `${b}-drain`, kind: 'drain', name: name('drain riser') },
      ],
      unitGrid: {
        floors: '1-2',
        perFloor: 2,
        waterRisers: times(2, () => `${b}-water`),
        drainRisers: times(2, () => `${b}-drain`),
        occupancy: 'occupied',
        meters: { like: 'meter' },
        overrides: { '101': { occupancy: 'vacant', owner: { name: '业主', phone: '138-0000-0001' } } },
      },
    };
  };
  const devicesOf = (no: number): Plain[] => {
    const b = `${id}-${no}`;
    return [
      ...times(wish.lifts ?? 2, (i) => `${b}-lift-${i}`).map((lift) => ({
        ...{ id: lift, like: 'lift', building: b, name: name(lift) },
        ...life(lift),
      })),
      {
        id: `${b}-pipe`,
        like: 'pipe',
        riser: `${b}-water`,
        floor: 1,
        name: name('riser sensor'),
        ...life(`${b}-pipe`),
      },
      ...times(wish.doors ?? 1, (i) => ({ id: `${b}-door-${i}`, like: 'door', building: b, name: name(`door ${i}`) })),
    ];
  };
  const around = { weekdays: 'daily', from: '00:00', to: '00:00' };
  const duty = (who: string, role: Role, more: Plain = {}): Plain => ({
    role,
    person: person(who),
    ...around,
    ...more,
  });
  const zones = [1, 2].map((no) => ({ id: `${id}-zone-${no}`, name: name(`zone ${no}`), buildings: [`${id}-${no}`] }));
  return stringify({
    version: 1,
    organisation: { id: 'group', name: name('group') },
    region: { id: 'region', name: name('region') },
    estate: { id, name: name(id), timezone: 'Asia/Shanghai', setting: 'city' },
    deviceTypes: {
      lift: { kind: 'elevator', life: 'live', attributes: { expectedIntervalS: 5, capabilities: LIFT_FIELDS } },
      meter: {
        kind: 'water-meter',
        life: 'live',
        attributes: { expectedIntervalS: 60, q3M3h: 2.5, registerStepM3: 0.001 },
      },
      pipe: { kind: 'pipe-sensor', life: 'live', attributes: { expectedIntervalS: 10, role: 'riser' } },
      door: { kind: 'gate', life: 'live', attributes: { expectedIntervalS: 30, egressMonitored: true } },
      barrier: { kind: 'gate', life: 'live', attributes: { expectedIntervalS: 30, vehicle: true } },
    },
    buildings: [building(1), building(2)],
    zones,
    devices: [
      ...devicesOf(1),
      ...devicesOf(2),
      { id: `${id}-barrier`, like: 'barrier', name: name('barrier') },
      ...(wish.devices ?? []),
    ],
    bridges: wish.bridges ?? [],
    staff: [
      ...STAFF.map(([who, role]) => ({
        username: person(who),
        name: name(person(who)),
        phone: '139-0000-0000',
        roles: [role],
        ...(wish.passwords ? { password: passwordOf(person(who)) } : {}),
      })),
      ...(wish.guests ?? []).map((g) => ({ username: g.username, name: name(g.username), roles: [g.role] })),
    ],
    roster: [
      duty('butler-1', 'butler', { zone: `${id}-zone-1` }),
      duty('butler-2', 'butler', { zone: `${id}-zone-1`, duty: 'backup' }),
      duty('butler-2', 'butler', { zone: `${id}-zone-2` }),
      duty('butler-1', 'butler', { zone: `${id}-zone-2`, duty: 'backup' }),
      duty('control-1', 'control-room'),
      duty('security-1', 'security'),
      duty('engineer-1', 'engineer'),
      duty('supervisor-1', 'supervisor'),
      duty('manager-1', 'project-manager'),
      duty('contractor-1', 'contractor'),
      duty('contractor-2', 'contractor', { duty: 'backup' }),
    ],
  });
}

/** @throws when the builder has made a mistake */
export function estateFile(wish: EstateWish): EstateFile {
  const read = readEstateFile(estateYaml(wish));
  if (!read.ok) throw new Error(read.error.map((m) => `${m.line}: ${m.message}`).join('\n'));
  return read.value;
}

/** Imports an estate whose devices log in with {@link tokenOf}. @param vault keeps the tokens for a broker of one's own */
export async function importWish(db: Kysely<Database>, wish: EstateWish, vault?: TokenVault): Promise<EstateFile> {
  const file = estateFile(wish);
  const tokens = Object.fromEntries([...file.devices, ...file.bridges].map((d) => [d.id, tokenOf(d.id)]));
  await importEstate(db, file, { now: Date.now(), tokens, ...(vault ? { vault } : {}) });
  return file;
}
