import type { EstateFile } from './estate-file.js';
import type { Names } from '../gateway/views.js';

const names = (n: Names) => ({ name_zh: n.zh, name_en: n.en });

/** The file as rows of tables; devices and people, of which the running system knows more, are elsewhere. */
export function placeRows(file: EstateFile) {
  const estate_id = file.estate.id;
  return {
    organisation: [{ id: file.organisation.id, ...names(file.organisation.name) }],
    region: [{ id: file.region.id, organisation_id: file.organisation.id, ...names(file.region.name) }],
    estate: [
      {
        id: estate_id,
        region_id: file.region.id,
        ...names(file.estate.name),
        timezone: file.estate.timezone,
        setting: file.estate.setting,
        access_zh: file.estate.access?.zh ?? null,
        access_en: file.estate.access?.en ?? null,
      },
    ],
    building: file.buildings.map((b, sort) => ({
      id: b.id,
      estate_id,
      ...names(b.name),
      floors_min: b.floors[0],
      floors_max: b.floors[1],
      sort,
    })),
    riser: file.risers.map((r) => ({
      id: r.id,
      estate_id,
      building_id: r.building,
      kind: r.kind,
      ...names(r.name),
      valve: r.valve,
    })),
    unit: file.units.map((u) => ({
      id: u.id,
      estate_id,
      building_id: u.building,
      label: u.label,
      floor: u.floor,
      water_riser_id: u.waterRiser,
      drain_riser_id: u.drainRiser,
      branch_valve: u.branchValve,
      occupancy: u.occupancy,
      occupancy_since: u.since,
      occupancy_by: u.by,
      occupancy_review: u.review,
      welfare: u.welfare,
      owner_name: u.owner?.name ?? null,
      owner_phone: u.owner?.phone ?? null,
      emergency_name: u.emergency?.name ?? null,
      emergency_phone: u.emergency?.phone ?? null,
      key_custody: u.keyCustody,
      notes: u.notes,
    })),
    zone: file.zones.map((z) => ({ id: z.id, estate_id, ...names(z.name) })),
    zone_building: file.zones.flatMap((z) => z.buildings.map((b) => ({ zone_id: z.id, building_id: b }))),
    zone_unit: file.zones.flatMap((z) => z.units.map((u) => ({ zone_id: z.id, unit_id: u }))),
  };
}

export const deviceRow = (estate_id: string, d: EstateFile['devices'][number]) => ({
  id: d.id,
  estate_id,
  kind: d.kind,
  ...names(d.name),
  building_id: d.building,
  unit_id: d.unit,
  riser_id: d.riser,
  floor: d.floor,
  attributes: d.attributes,
});

export const bridgeRow = (estate_id: string, b: EstateFile['bridges'][number]) => ({
  id: b.id,
  estate_id,
  ...names(b.name),
  dialect: b.dialect,
  topic_prefix: b.prefix,
  profile: b.profile,
});

export const personRow = (p: EstateFile['staff'][number]) => ({
  username: p.username,
  ...names(p.name),
  phone: p.phone,
});

export const roleRows = (file: EstateFile) =>
  file.staff.flatMap((p) => p.roles.map((role) => ({ username: p.username, estate_id: file.estate.id, role })));

export const rosterRows = (file: EstateFile) =>
  file.roster.map((e) => ({
    id: e.id,
    estate_id: e.estate,
    zone_id: e.zone,
    role: e.role,
    duty: e.duty,
    username: e.person,
    weekdays: e.weekdays,
    from_time: e.from,
    to_time: e.to,
  }));

/** The id says what it is, so that the same line is the same contact at the next import. */
export const contactRows = (file: EstateFile) =>
  file.contacts.map((c) => ({
    ...{ id: `${file.estate.id}/${c.kind}/${c.phone}`, estate_id: file.estate.id, kind: c.kind, phone: c.phone },
    ...{ ...names(c.name), source: 'file' },
  }));
