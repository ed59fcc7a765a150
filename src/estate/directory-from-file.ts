import type { Device } from './device.js';
import { EstateDirectory } from './estate-directory.js';
import type { EstateFile } from './estate-file.js';

/** What a database would know of an estate right after its import: for tools that work without one. */
export function directoryFromFile(file: EstateFile): EstateDirectory {
  const estate = file.estate.id;
  const units = new Map(file.units.map((u) => [u.id, u]));
  const device = (d: EstateFile['devices'][number], i: number): Device => ({
    id: d.id,
    no: i + 1,
    estate,
    kind: d.kind,
    name: d.name,
    building: d.building,
    unit: d.unit,
    riser: d.riser,
    floor: d.floor,
    attributes: d.attributes,
    life: d.life,
    maintenanceUntil: null,
    occupancy: d.unit === null ? null : (units.get(d.unit)?.occupancy ?? null),
    welfare: d.unit !== null && (units.get(d.unit)?.welfare ?? false),
    visitUntil: null,
    awayUntil: null,
    timezone: file.estate.timezone,
    overrides: {},
    tokenSha256: null,
    hasSpoken: false,
  });
  return new EstateDirectory({
    estates: [{ id: estate, names: file.estate.name, timezone: file.estate.timezone, setting: file.estate.setting }],
    buildings: file.buildings.map((b) => ({
      id: b.id,
      estate,
      names: b.name,
      floorsMin: b.floors[0],
      floorsMax: b.floors[1],
    })),
    risers: file.risers.map((r) => ({
      id: r.id,
      estate,
      building: r.building,
      kind: r.kind,
      names: r.name,
      valve: r.valve,
    })),
    units: file.units.map((u) => ({
      id: u.id,
      estate,
      building: u.building,
      label: u.label,
      floor: u.floor,
      waterRiser: u.waterRiser,
      drainRiser: u.drainRiser,
      branchValve: u.branchValve,
      occupancy: u.occupancy,
      welfare: u.welfare,
      owner: contact(u.owner),
      emergency: contact(u.emergency),
      keyCustody: u.keyCustody,
      notes: u.notes,
    })),
    zones: file.zones.map((z) => ({ id: z.id, estate, names: z.name, buildings: z.buildings, units: z.units })),
    devices: file.devices.map(device),
    people: file.staff.map((p) => ({
      username: p.username,
      names: p.name,
      phone: p.phone,
      roles: p.roles.map((role) => ({ estate, role })),
    })),
    roster: file.roster,
  });
}

const contact = (c: { name: string; phone?: string | null | undefined } | null) =>
  c === null ? null : { name: c.name, phone: c.phone ?? null };
