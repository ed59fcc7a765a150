import { z } from 'zod';
import { hasControlCharacters } from '../kernel/control-characters.js';
import { BRIDGE_DIALECTS, type BridgeDialect } from './bridge.js';
import {
  DEVICE_KINDS,
  OCCUPANCIES,
  type DeviceAttributes,
  type DeviceKind,
  type DeviceLife,
  type Occupancy,
} from './device.js';
import { ChannelRules } from './channel-rule.js';
import { ROLES } from './role.js';
import type { RosterEntry } from './roster-entry.js';
import { CONTACT_KINDS, type ContactKind } from '../platform/schema/rescue-tables.js';
import type { Names, Role } from '../gateway/views.js';

/*
 * The estate file as it is written: one schema for each kind of thing, so that one bad thing does not hide the mistakes
 * of the others. The file's format is told at the top of config/demo-estate.yaml.
 */

const text = z.string().trim().min(1, 'must not be empty').max(500, 'is too long (500 characters at most)');
/** Ids go into MQTT topics and URLs: nothing in them may need escaping. */
const id = z
  .string()
  .max(64, 'is too long (64 characters at most)')
  .regex(/^[a-z0-9]+([.-][a-z0-9]+)*$/, 'must be an id: small letters and digits, joined by "-" or "."');
const names = z.strictObject({ zh: text, en: text });
const phone = z.string().regex(/^\+?\d[\d -]{3,19}$/, 'must be a telephone number in quotes, such as "138-0000-0101"');
const day = z.iso.date('must be a day written as 2026-03-31');
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time from "00:00" to "23:59"');
const contact = z.strictObject({ name: text, phone });

const FLOORS = 'must be floors such as 1-10 or -2..10';
/** `1-10`, `-2..10` or one floor. */
const floors = z.union([z.string(), z.number()], FLOORS).transform((value, ctx): readonly [number, number] => {
  const m = /^\s*(-?\d{1,3})(?:\s*(?:-|–|\.\.)\s*(-?\d{1,3}))?\s*$/.exec(String(value));
  const low = Number(m?.[1]);
  const high = Number(m?.[2] ?? m?.[1]);
  if (!m) ctx.addIssue({ code: 'custom', message: FLOORS });
  else if (low > high) ctx.addIssue({ code: 'custom', message: `floors run from low to high, not ${low} to ${high}` });
  return [low, high];
});

const WEEKDAYS = 'must be daily, days such as mon-fri, or a list such as [mon, wed]';
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
/** `daily`, `mon-fri` (also over the week's end: `sat-mon`), or a list of days. */
const weekdays = z.union([z.string(), z.array(z.string())], WEEKDAYS).transform((value, ctx): readonly number[] => {
  const found = new Set<number>();
  for (const part of Array.isArray(value) ? value : [value]) {
    const [from, to] = part === 'daily' ? ['mon', 'sun'] : part.split('-');
    const first = DAYS.indexOf(from ?? '');
    const last = DAYS.indexOf(to ?? from ?? '');
    if (first < 0 || last < 0) {
      ctx.addIssue({ code: 'custom', message: WEEKDAYS });
      return [];
    }
    for (let i = first; ; i = (i + 1) % 7) {
      found.add(i + 1);
      if (i === last) break;
    }
  }
  if (!found.size) ctx.addIssue({ code: 'custom', message: 'must name at least one day' });
  return [...found].sort((a, b) => a - b);
});

const timezone = z.string().refine((zone) => {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
  } catch {
    return false;
  }
}, 'must be a time zone such as Asia/Shanghai');

const attributes = z.strictObject({
  expectedIntervalS: z.number().positive('must be more than 0 seconds').optional(),
  capabilities: z.array(z.string()).optional(),
  terminalFloors: z.tuple([z.int(), z.int()]).readonly().optional(),
  parksOpenAt: z.array(z.int()).readonly().optional(),
  q3M3h: z.number().positive('must be more than 0 m³/h').optional(),
  registerStepM3: z.number().positive('must be more than 0 m³').optional(),
  declaredTap: z.enum(['garden', 'pool']).optional(),
  role: z.enum(['dwelling-inlet', 'riser', 'main', 'drain']).optional(),
  outdoor: z.boolean().optional(),
  storageM3: z.number().positive('must be more than 0 m³').optional(),
  rules: ChannelRules.optional(),
  egressMonitored: z.boolean().optional(),
  vehicle: z.boolean().optional(),
  via: id.optional(),
  foreignId: text.optional(),
  profile: id.optional(),
});
/** A permit (`maintenance`) needs a person and an end, so it is given in the running system, not here. */
const life = z.enum(['registered', 'commissioning', 'live', 'retired']);

const occupancyFields = {
  occupancy: z.enum(OCCUPANCIES).optional(),
  since: day.optional(),
  by: text.optional(),
  review: day.optional(),
};
const unitFields = {
  ...occupancyFields,
  waterRiser: id.optional(),
  drainRiser: id.optional(),
  branchValve: text.optional(),
  welfare: z.boolean().optional(),
  owner: contact.optional(),
  emergency: contact.optional(),
  keyCustody: text.optional(),
  notes: text.optional(),
};
const meterFields = { like: id.optional(), life: life.optional(), attributes: attributes.optional() };

export const FileHead = z.strictObject({
  version: z.literal(1),
  organisation: z.unknown(),
  region: z.unknown(),
  estate: z.unknown(),
  buildings: z.unknown().optional(),
  zones: z.unknown().optional(),
  deviceTypes: z.unknown().optional(),
  devices: z.unknown().optional(),
  bridges: z.unknown().optional(),
  staff: z.unknown().optional(),
  roster: z.unknown().optional(),
  contacts: z.unknown().optional(),
});
export const NamedItem = z.strictObject({ id, name: names });
export const EstateItem = z.strictObject({
  id,
  name: names,
  timezone: timezone.default('Asia/Shanghai'),
  setting: z.enum(['city', 'elsewhere']).default('city'),
  access: names.optional(),
});
export const BuildingItem = z.strictObject({
  id,
  name: names,
  floors,
  risers: z.unknown().optional(),
  units: z.unknown().optional(),
  unitGrid: z.unknown().optional(),
});
export const RiserItem = z.strictObject({
  id,
  kind: z.enum(['water', 'drain']),
  name: names,
  valve: text.optional(),
});
export const UnitItem = z.strictObject({ id: id.optional(), label: text, floor: z.int(), ...unitFields });
export const UnitGridItem = z.strictObject({
  floors,
  perFloor: z.int().min(1, 'must be at least 1').max(99, 'must be at most 99'),
  waterRisers: z.array(id).optional(),
  drainRisers: z.array(id).optional(),
  ...occupancyFields,
  meters: z.strictObject(meterFields).optional(),
  overrides: z.unknown().optional(),
});
export const UnitOverrideItem = z.strictObject({
  ...unitFields,
  meter: z.strictObject({ id: id.optional(), ...meterFields }).optional(),
});
export const ZoneItem = z.strictObject({
  id,
  name: names,
  buildings: z.array(id).default([]),
  units: z.array(id).default([]),
});
export const DeviceTypeItem = z.strictObject({
  kind: z.enum(DEVICE_KINDS),
  life: life.optional(),
  attributes: attributes.optional(),
});
export const DeviceItem = z.strictObject({
  id,
  like: id.optional(),
  kind: z.enum(DEVICE_KINDS).optional(),
  name: names,
  building: id.optional(),
  unit: id.optional(),
  riser: id.optional(),
  floor: z.int().optional(),
  life: life.optional(),
  attributes: attributes.optional(),
});
/** Wildcards have no place in a prefix, and a device's own topics are its own. */
const prefix = z
  .string()
  .max(200, 'is too long (200 characters at most)')
  .refine((s) => !hasControlCharacters(s), 'must not hold control characters')
  .regex(/^([^+#/$][^+#/]*\/)+$/u, 'must be levels that end in "/", such as "zigbee2mqtt/"');
export const BridgeItem = z.strictObject({
  id,
  name: names,
  dialect: z.enum(BRIDGE_DIALECTS),
  prefix,
  profile: id.optional(),
});
export const StaffItem = z.strictObject({
  username: id,
  name: names,
  phone: phone.optional(),
  roles: z.array(z.enum(ROLES)).min(1, 'must name at least one role'),
  password: z.string().min(8, 'must have at least 8 characters').max(200, 'is too long').optional(),
});
/** Emergency numbers are short. */
export const ContactItem = z.strictObject({
  kind: z.enum(CONTACT_KINDS),
  name: names.optional(),
  phone: z.string().regex(/^\+?\d[\d -]{1,19}$/, 'must be a telephone number in quotes, such as "119"'),
});
export const RosterItem = z.strictObject({
  zone: id.optional(),
  role: z.enum(ROLES),
  duty: z.enum(['primary', 'backup']).default('primary'),
  person: id,
  weekdays,
  from: time,
  to: time,
});

interface Named {
  readonly id: string;
  readonly name: Names;
}
export interface FileUnit {
  readonly id: string;
  readonly building: string;
  readonly label: string;
  readonly floor: number;
  readonly waterRiser: string | null;
  readonly drainRiser: string | null;
  readonly branchValve: string | null;
  readonly occupancy: Occupancy;
  /** Days as `YYYY-MM-DD`. */
  readonly since: string | null;
  readonly by: string | null;
  readonly review: string | null;
  readonly welfare: boolean;
  readonly owner: { readonly name: string; readonly phone: string } | null;
  readonly emergency: { readonly name: string; readonly phone: string } | null;
  readonly keyCustody: string | null;
  readonly notes: string | null;
}
export interface FileDevice extends Named {
  readonly kind: DeviceKind;
  readonly building: string | null;
  readonly unit: string | null;
  readonly riser: string | null;
  readonly floor: number | null;
  readonly attributes: DeviceAttributes;
  readonly life: Exclude<DeviceLife, 'maintenance'>;
}

/** The file with everything spelt out: grids, types and defaults are gone, every reference is known to be good. */
export interface EstateFile {
  readonly organisation: Named;
  readonly region: Named;
  readonly estate: Named & {
    readonly timezone: string;
    readonly setting: 'city' | 'elsewhere';
    /** How somebody from outside gets in. */
    readonly access?: Names | undefined;
  };
  readonly buildings: readonly (Named & { readonly floors: readonly [number, number] })[];
  readonly risers: readonly (Named & {
    readonly building: string;
    readonly kind: 'water' | 'drain';
    readonly valve: string | null;
  })[];
  readonly units: readonly FileUnit[];
  readonly zones: readonly (Named & { readonly buildings: readonly string[]; readonly units: readonly string[] })[];
  readonly devices: readonly FileDevice[];
  readonly bridges: readonly (Named & {
    readonly dialect: BridgeDialect;
    readonly prefix: string;
    readonly profile: string | null;
  })[];
  readonly staff: readonly {
    readonly username: string;
    readonly name: Names;
    readonly phone: string | null;
    readonly roles: readonly Role[];
    readonly password: string | null;
  }[];
  readonly roster: readonly RosterEntry[];
  readonly contacts: readonly {
    readonly kind: ContactKind;
    readonly name: Names;
    readonly phone: string;
  }[];
}
