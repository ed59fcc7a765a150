import type { Bridge } from './bridge.js';
import type { Device, Occupancy } from './device.js';
import { EscalationPolicies, type PolicyEvent, type PolicyPriority, type StoredPolicy } from './escalation-policy.js';
import type { RosterEntry } from './roster-entry.js';
import { EMPTY_ROSTER, type Leave, type Roster, type RosterOverride, type Rotation } from './roster-plan.js';
import { RuleOverrides } from './rule-overrides.js';
import type { Subject } from '../kernel/events.js';
import type { ContactKind } from '../platform/schema/rescue-tables.js';
import type { Names, Role } from '../gateway/views.js';

export interface EstateEntry {
  readonly id: string;
  readonly names: Names;
  readonly timezone: string;
  readonly setting: 'city' | 'elsewhere';
  readonly organisation?: string;
  /** How somebody from outside gets in. */
  readonly access?: Names;
}
export interface BuildingEntry {
  readonly id: string;
  readonly estate: string;
  readonly names: Names;
  readonly floorsMin: number;
  readonly floorsMax: number;
}
export interface RiserEntry {
  readonly id: string;
  readonly estate: string;
  readonly building: string;
  readonly kind: 'water' | 'drain';
  readonly names: Names;
  readonly valve: string | null;
}
interface Contact {
  readonly name: string;
  readonly phone: string | null;
}
export interface UnitEntry {
  readonly id: string;
  readonly estate: string;
  readonly building: string;
  readonly label: string;
  readonly floor: number;
  readonly waterRiser: string | null;
  readonly drainRiser: string | null;
  readonly branchValve: string | null;
  readonly occupancy: Occupancy;
  readonly welfare: boolean;
  /** A logged visit is under way until then; the resident is away until then. Ms since the epoch. */
  readonly visitUntil?: number | null;
  readonly awayUntil?: number | null;
  readonly owner: Contact | null;
  readonly emergency: Contact | null;
  readonly keyCustody: string | null;
  readonly notes: string | null;
}
export interface ZoneEntry {
  readonly id: string;
  readonly estate: string;
  readonly names: Names;
  readonly buildings: readonly string[];
  readonly units: readonly string[];
}
export interface PersonEntry {
  readonly username: string;
  readonly names: Names;
  readonly phone: string | null;
  readonly roles: readonly { readonly estate: string; readonly role: Role }[];
}

/** A number that the control room may have to call, outside the estate's own staff. */
export interface EstateContact {
  readonly id: string;
  readonly estate: string;
  readonly kind: ContactKind;
  readonly names: Names;
  readonly phone: string;
}

export interface DirectoryEntries {
  readonly estates: readonly EstateEntry[];
  readonly buildings: readonly BuildingEntry[];
  readonly risers: readonly RiserEntry[];
  readonly units: readonly UnitEntry[];
  readonly zones: readonly ZoneEntry[];
  readonly devices: readonly Device[];
  /** Active people only. */
  readonly people: readonly PersonEntry[];
  readonly roster: readonly RosterEntry[];
  readonly rotations?: readonly Rotation[];
  /** In the order in which they were made. */
  readonly rosterOverrides?: readonly RosterOverride[];
  readonly leaves?: readonly Leave[];
  readonly contacts?: readonly EstateContact[];
  readonly overrides?: RuleOverrides;
  readonly bridges?: readonly Bridge[];
  /** Published ones; what is not among them is built in. */
  readonly policies?: EscalationPolicies;
}

/**
 * Estates, places, devices and people as they were at one moment, in memory: the hot path asks it for every reading.
 * Lists keep the order of the entries it was built from.
 */
export class EstateDirectory {
  private readonly estatesById: ReadonlyMap<string, EstateEntry>;
  private readonly buildings: ReadonlyMap<string, BuildingEntry>;
  private readonly buildingsByEstate: ReadonlyMap<string, readonly BuildingEntry[]>;
  private readonly risers: ReadonlyMap<string, RiserEntry>;
  private readonly risersByBuilding: ReadonlyMap<string, readonly RiserEntry[]>;
  private readonly units: ReadonlyMap<string, UnitEntry>;
  private readonly unitsByBuilding: ReadonlyMap<string, readonly UnitEntry[]>;
  private readonly zonesById: ReadonlyMap<string, ZoneEntry>;
  private readonly zonesByEstate: ReadonlyMap<string, readonly ZoneEntry[]>;
  private readonly devicesById: ReadonlyMap<string, Device>;
  private readonly bridgesById: ReadonlyMap<string, Bridge>;
  private readonly devicesVia: ReadonlyMap<string, Device>;
  private readonly devicesByNo: ReadonlyMap<number, Device>;
  private readonly devicesByEstate: ReadonlyMap<string, readonly Device[]>;
  private readonly devicesByBuilding: ReadonlyMap<string | null, readonly Device[]>;
  private readonly people: ReadonlyMap<string, PersonEntry>;
  private readonly rosterByEstate: ReadonlyMap<string, Roster>;
  private readonly contactsByEstate: ReadonlyMap<string, readonly EstateContact[]>;

  /** Thresholds that are not at their default. */
  readonly overrides: RuleOverrides;
  private readonly policies: EscalationPolicies;

  constructor(private readonly entries: DirectoryEntries) {
    this.overrides = entries.overrides ?? new RuleOverrides();
    this.policies = entries.policies ?? new EscalationPolicies();
    this.estatesById = indexed(entries.estates, (e) => e.id);
    this.buildings = indexed(entries.buildings, (b) => b.id);
    this.buildingsByEstate = grouped(entries.buildings, (b) => b.estate);
    this.risers = indexed(entries.risers, (r) => r.id);
    this.risersByBuilding = grouped(entries.risers, (r) => r.building);
    this.units = indexed(entries.units, (u) => u.id);
    this.unitsByBuilding = grouped(entries.units, (u) => u.building);
    this.zonesById = indexed(entries.zones, (z) => z.id);
    this.zonesByEstate = grouped(entries.zones, (z) => z.estate);
    this.devicesById = indexed(entries.devices, (d) => d.id);
    this.bridgesById = indexed(entries.bridges ?? [], (b) => b.id);
    const bridged = entries.devices.filter((d) => d.attributes.via !== undefined);
    this.devicesVia = indexed(bridged, (d) => viaKey(d.attributes.via ?? '', d.attributes.foreignId ?? ''));
    this.devicesByNo = indexed(entries.devices, (d) => d.no);
    this.devicesByEstate = grouped(entries.devices, (d) => d.estate);
    this.devicesByBuilding = grouped(entries.devices, (d) => d.building);
    this.people = indexed(entries.people, (p) => p.username);
    this.rosterByEstate = new Map(entries.estates.map((e) => [e.id, this.servingIn(e.id)]));
    this.contactsByEstate = grouped(entries.contacts ?? [], (c) => c.estate);
  }

  estates(): readonly EstateEntry[] {
    return this.entries.estates;
  }
  estate(id: string): EstateEntry | undefined {
    return this.estatesById.get(id);
  }
  building(id: string): BuildingEntry | undefined {
    return this.buildings.get(id);
  }
  buildingsOf(estate: string): readonly BuildingEntry[] {
    return this.buildingsByEstate.get(estate) ?? [];
  }
  riser(id: string): RiserEntry | undefined {
    return this.risers.get(id);
  }
  risersOf(building: string): readonly RiserEntry[] {
    return this.risersByBuilding.get(building) ?? [];
  }
  unit(id: string): UnitEntry | undefined {
    return this.units.get(id);
  }
  unitsOf(building: string): readonly UnitEntry[] {
    return this.unitsByBuilding.get(building) ?? [];
  }
  zone(id: string): ZoneEntry | undefined {
    return this.zonesById.get(id);
  }
  zonesOfEstate(estate: string): readonly ZoneEntry[] {
    return this.zonesByEstate.get(estate) ?? [];
  }

  device(id: string): Device | undefined {
    return this.devicesById.get(id);
  }
  bridge(id: string): Bridge | undefined {
    return this.bridgesById.get(id);
  }
  bridges(): readonly Bridge[] {
    return this.entries.bridges ?? [];
  }
  /** The device that a bridge calls by this name. */
  deviceVia(bridge: string, foreignId: string): Device | undefined {
    return this.devicesVia.get(viaKey(bridge, foreignId));
  }
  /** By the small number that history rows carry. */
  deviceByNo(no: number): Device | undefined {
    return this.devicesByNo.get(no);
  }
  devices(): readonly Device[] {
    return this.entries.devices;
  }
  devicesOfEstate(estate: string): readonly Device[] {
    return this.devicesByEstate.get(estate) ?? [];
  }
  devicesOfBuilding(building: string): readonly Device[] {
    return this.devicesByBuilding.get(building) ?? [];
  }

  /** Thresholds that are not at their default for rules over a building (or what is in it), or a whole estate. */
  overridesAt(estate: string, building: string | null): Readonly<Record<string, number>> {
    const organisation = this.estatesById.get(estate)?.organisation ?? null;
    return this.overrides.at({ organisation, estate, building, device: null });
  }

  /** The escalation policy that the estate, or else its organisation, has published for exactly that event or family. */
  publishedPolicy(estate: string, event: PolicyEvent, priority: PolicyPriority): StoredPolicy | undefined {
    const organisation = this.estatesById.get(estate)?.organisation ?? null;
    return this.policies.at({ estate, organisation }, event, priority);
  }

  person(username: string): PersonEntry | undefined {
    return this.people.get(username);
  }
  /** Roles of a person, estate by estate; none = no access. */
  rolesOf(username: string): PersonEntry['roles'] {
    return this.people.get(username)?.roles ?? [];
  }
  rolesIn(username: string, estate: string): readonly Role[] {
    return this.rolesOf(username).flatMap((r) => (r.estate === estate ? [r.role] : []));
  }
  staffOf(estate: string, role?: Role): readonly PersonEntry[] {
    return this.entries.people.filter((p) =>
      p.roles.some((r) => r.estate === estate && (role === undefined || r.role === role)),
    );
  }
  /** Who is on duty when, without those who have left or lost the role. */
  roster(estate: string): Roster {
    return this.rosterByEstate.get(estate) ?? EMPTY_ROSTER;
  }
  contactsOf(estate: string): readonly EstateContact[] {
    return this.contactsByEstate.get(estate) ?? [];
  }

  /** Who may not act in a role is not called in it: the level then goes on to the next person at once. */
  private servingIn(estate: string): Roster {
    const may = (person: string, role: Role): boolean => this.rolesIn(person, estate).includes(role);
    const here = <T extends { readonly estate: string }>(all: readonly T[] | undefined): T[] =>
      (all ?? []).filter((x) => x.estate === estate);
    return {
      lines: here(this.entries.roster).filter((e) => may(e.person, e.role)),
      rotations: here(this.entries.rotations).map((r) => ({
        ...r,
        people: r.people.map((p) => (p !== null && may(p, r.role) ? p : null)),
      })),
      overrides: here(this.entries.rosterOverrides).filter((o) => may(o.person, o.role)),
      leaves: here(this.entries.leaves),
    };
  }

  /**
   * Zones whose butlers look after a place. What stands in no building (a gate, the estate as a whole) concerns every
   * zone of its estate: else nobody's butler would be called.
   */
  zonesOf(place: { building: string | null; unit: string | null; estate?: string }): string[] {
    const unit = place.unit === null ? undefined : this.units.get(place.unit);
    const building = place.building ?? unit?.building ?? null;
    const estate = place.estate ?? (building === null ? undefined : this.buildings.get(building)?.estate);
    const zones = estate === undefined ? [] : (this.zonesByEstate.get(estate) ?? []);
    return zones
      .filter(
        (z) =>
          building === null || z.buildings.includes(building) || (place.unit !== null && z.units.includes(place.unit)),
      )
      .map((z) => z.id);
  }

  /** "6栋 西梯", "Building 6 west lift". */
  placeOfDevice(device: Pick<Device, 'building' | 'unit' | 'name'>): Names {
    return joined(this.buildingNames(device.building), this.unitNames(device.unit), device.name);
  }

  /** The estate of what an alarm is about. */
  estateOf({ type, id }: Subject): string | undefined {
    switch (type) {
      case 'device':
        return this.devicesById.get(id)?.estate;
      case 'unit':
        return this.units.get(id)?.estate;
      case 'riser':
        return this.risers.get(id)?.estate;
      case 'building':
        return this.buildings.get(id)?.estate;
      case 'zone':
        return this.zonesById.get(id)?.estate;
      case 'estate':
        return this.estatesById.get(id)?.id;
    }
  }

  /** The place of what an alarm or a ticket is about; its id when it is not known any more. */
  placeOfSubject({ type, id }: Subject): Names {
    switch (type) {
      case 'device': {
        const device = this.devicesById.get(id);
        return device ? this.placeOfDevice(device) : { zh: id, en: id };
      }
      case 'unit': {
        const unit = this.units.get(id);
        return unit ? joined(this.buildingNames(unit.building), this.unitNames(id)) : { zh: id, en: id };
      }
      case 'riser': {
        const riser = this.risers.get(id);
        return riser ? joined(this.buildingNames(riser.building), riser.names) : { zh: id, en: id };
      }
      case 'building':
        return this.buildings.get(id)?.names ?? { zh: id, en: id };
      case 'zone':
        return this.zonesById.get(id)?.names ?? { zh: id, en: id };
      case 'estate':
        return this.estatesById.get(id)?.names ?? { zh: id, en: id };
    }
  }

  private buildingNames(id: string | null): Names | undefined {
    return id === null ? undefined : this.buildings.get(id)?.names;
  }
  private unitNames(id: string | null): Names | undefined {
    const label = id === null ? undefined : this.units.get(id)?.label;
    if (label === undefined) return undefined;
    // "502" needs a word with it, "商铺1" is one.
    return /^[\w-]+$/.test(label) ? { zh: `${label}室`, en: `Unit ${label}` } : { zh: label, en: label };
  }
}

const viaKey = (bridge: string, foreignId: string): string => `${bridge} ${foreignId}`;

function indexed<K, T>(items: readonly T[], key: (item: T) => K): ReadonlyMap<K, T> {
  return new Map(items.map((item) => [key(item), item]));
}

function grouped<K, T>(items: readonly T[], key: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

function joined(...parts: (Names | undefined)[]): Names {
  const given = parts.filter((p) => p !== undefined);
  return { zh: given.map((p) => p.zh).join(' '), en: given.map((p, i) => (i ? inside(p.en) : p.en)).join(' ') };
}

/** "West lift" inside a line is "west lift"; "VIP door" stays. */
const inside = (words: string): string =>
  /^[A-Z][a-z]/.test(words) ? words[0]!.toLowerCase() + words.slice(1) : words;
