import type { Subject } from '../kernel/events.js';

export const DEVICE_KINDS = ['elevator', 'water-meter', 'pipe-sensor', 'gate', 'generic'] as const;
export type DeviceKind = (typeof DEVICE_KINDS)[number];

/**
 * A device's life. `registered` has never been put to work; in `commissioning` its alarms go to the installer only;
 * `maintenance` is a permit with a person, a reason and an end, during which only the alarm button pages.
 */
export const DEVICE_LIVES = ['registered', 'commissioning', 'live', 'maintenance', 'retired'] as const;
export type DeviceLife = (typeof DEVICE_LIVES)[number];

export const OCCUPANCIES = ['occupied', 'leased', 'vacant', 'undelivered', 'renovating', 'for-sale'] as const;
export type Occupancy = (typeof OCCUPANCIES)[number];
/** Nobody lives there: `vacant`, `undelivered` and `for-sale` count as empty. */
export const isEmptyUnit = (o: Occupancy): boolean => o === 'vacant' || o === 'undelivered' || o === 'for-sale';

/** What is set when a device is registered; rules read it, readings never change it. */
export interface DeviceAttributes {
  /** Seconds between readings when all is well. Silence limits are multiples of it. */
  readonly expectedIntervalS: number;
  /** Which optional fields it really sends, e.g. `peopleInCar`, `speedMps`, `door-events`. Empty = not declared: all are believed when seen. */
  readonly capabilities: readonly string[];
  /** Lifts: lowest and highest landing. */
  readonly terminalFloors?: readonly [number, number];
  /** Lifts: landings at which an idle car waits with its door open by design. */
  readonly parksOpenAt?: readonly number[];
  /** Meters: Q3 in m³/h and the smallest step that the register shows, in m³. */
  readonly q3M3h?: number;
  readonly registerStepM3?: number;
  /** Meters: a tap that may run wide open for hours when somebody is at home, declared by the resident. */
  readonly declaredTap?: 'garden' | 'pool';
  /** Pipes: where it sits. */
  readonly role?: 'dwelling-inlet' | 'riser' | 'main' | 'drain';
  /** Pipes and weather stations: it hangs outdoors and feels the weather of the estate. */
  readonly outdoor?: boolean;
  /** Tanks: m³ between 0 and 100 % of `levelPct`. What a tank takes in is not used yet, and what it gives is. */
  readonly storageM3?: number;
  /** Gates: opening without a grant is watched only where leaving is monitored. */
  readonly egressMonitored?: boolean;
  /** Gates: a vehicle barrier rather than a door. */
  readonly vehicle?: boolean;
  /** The bridge that speaks for it, and its name there; without them it logs in as itself. */
  readonly via?: string;
  readonly foreignId?: string;
  /** Device profile that says what its fields mean (docs/dialects.md). */
  readonly profile?: string;
}

/** A device as rules and pages see it: who it is, where it is, and what must be known of its place. */
export interface Device {
  readonly id: string;
  /** Small number that history rows carry instead of the id. */
  readonly no: number;
  readonly estate: string;
  readonly kind: DeviceKind;
  readonly name: { readonly zh: string; readonly en: string };
  readonly building: string | null;
  readonly unit: string | null;
  readonly riser: string | null;
  readonly floor: number | null;
  readonly attributes: DeviceAttributes;
  readonly life: DeviceLife;
  /** End of the maintenance permit, ms since the epoch; null without one. */
  readonly maintenanceUntil: number | null;
  /** Occupancy of its unit, when it belongs to one. */
  readonly occupancy: Occupancy | null;
  /** Its unit's resident lives alone and asked to be looked after. */
  readonly welfare: boolean;
  /** A logged visit (inspection, viewing, cleaning) is under way in its unit until then, ms since the epoch. */
  readonly visitUntil: number | null;
  /** The resident said to be away until then, ms since the epoch. */
  readonly awayUntil: number | null;
  /** IANA zone of its estate: rules that know nights and rush hours. */
  readonly timezone: string;
  /** Parameters of rules that are not at their default here (`detection/parameter.ts`), by key. */
  readonly overrides: Readonly<Record<string, number>>;
  /** SHA-256 of its token, hex; null = may not log in. */
  readonly tokenSha256: string | null;
  /** A reading has ever been accepted from it: a device that has never spoken raises nothing. */
  readonly hasSpoken: boolean;
}

export const deviceSubject = (d: Pick<Device, 'id'>): Subject => ({ type: 'device', id: d.id });
