import { sql, type Kysely, type Selectable } from 'kysely';
import type { DeviceAttributes } from './device.js';
import { EscalationPolicies } from './escalation-policy.js';
import { EstateDirectory } from './estate-directory.js';
import { leaveOf, overrideOfRoster, rotationOf } from './roster-rows.js';
import { RuleOverrides } from './rule-overrides.js';
import type { Database } from '../platform/database-schema.js';

/** Reads everything that the directory holds, as of one moment: a half-seen import would show a lift in no building. */
export function loadDirectory(db: Kysely<Database>): Promise<EstateDirectory> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      const estates = await trx
        .selectFrom('estate')
        .innerJoin('region', 'region.id', 'estate.region_id')
        .selectAll('estate')
        .select('region.organisation_id')
        .orderBy('estate.id')
        .execute();
      const buildings = await trx.selectFrom('building').selectAll().orderBy('sort').orderBy('id').execute();
      const risers = await trx.selectFrom('riser').selectAll().orderBy('id').execute();
      const units = await trx
        .selectFrom('unit')
        .selectAll()
        .orderBy('building_id')
        .orderBy('floor')
        .orderBy('label')
        .execute();
      const zones = await trx
        .selectFrom('zone')
        .selectAll()
        .select([
          sql<string[]>`array(select building_id from zone_building where zone_id = zone.id order by 1)`.as(
            'buildings',
          ),
          sql<string[]>`array(select unit_id from zone_unit where zone_id = zone.id order by 1)`.as('units'),
        ])
        .orderBy('id')
        .execute();
      const devices = await trx
        .selectFrom('device')
        .leftJoin('unit', 'unit.id', 'device.unit_id')
        .selectAll('device')
        .select(['unit.occupancy', 'unit.visit_until', 'unit.away_until'])
        .orderBy('device.no')
        .execute();
      const bridges = await trx.selectFrom('bridge').selectAll().orderBy('id').execute();
      const people = await trx
        .selectFrom('person')
        .selectAll()
        .where('active', '=', true)
        .orderBy('username')
        .execute();
      const roles = await trx.selectFrom('person_role').selectAll().orderBy('estate_id').orderBy('role').execute();
      const roster = await trx.selectFrom('roster_entry').selectAll().orderBy('id').execute();
      const rotations = await trx.selectFrom('roster_rotation').selectAll().orderBy('id').execute();
      const standIns = await trx
        .selectFrom('roster_override')
        .selectAll()
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      const leaves = await trx.selectFrom('roster_leave').selectAll().orderBy('id').execute();
      const contacts = await trx.selectFrom('estate_contact').selectAll().orderBy('kind').orderBy('id').execute();
      const overrides = new RuleOverrides(
        (await trx.selectFrom('rule_override').selectAll().orderBy('key').execute()).map(overrideOf),
      );
      const policies = await trx.selectFrom('escalation_policy').selectAll().where('state', '=', 'published').execute();
      const organisationOf = new Map(estates.map((e) => [e.id, e.organisation_id]));
      const zoneOf = new Map(estates.map((e) => [e.id, e.timezone]));
      const welfare = new Set(units.flatMap((u) => (u.welfare ? [u.id] : [])));
      return new EstateDirectory({
        overrides,
        policies: new EscalationPolicies(policies.map((p) => ({ ...p, scopeId: p.scope_id }))),
        estates: estates.map((e) => ({
          id: e.id,
          names: namesOf(e),
          timezone: e.timezone,
          setting: e.setting,
          organisation: e.organisation_id,
          ...(e.access_zh !== null && e.access_en !== null ? { access: { zh: e.access_zh, en: e.access_en } } : {}),
        })),
        buildings: buildings.map((b) => ({
          id: b.id,
          estate: b.estate_id,
          names: namesOf(b),
          floorsMin: b.floors_min,
          floorsMax: b.floors_max,
        })),
        risers: risers.map((r) => ({
          id: r.id,
          estate: r.estate_id,
          building: r.building_id,
          kind: r.kind,
          names: namesOf(r),
          valve: r.valve,
        })),
        units: units.map((u) => ({
          id: u.id,
          estate: u.estate_id,
          building: u.building_id,
          label: u.label,
          floor: u.floor,
          waterRiser: u.water_riser_id,
          drainRiser: u.drain_riser_id,
          branchValve: u.branch_valve,
          occupancy: u.occupancy,
          welfare: u.welfare,
          visitUntil: u.visit_until?.getTime() ?? null,
          awayUntil: u.away_until?.getTime() ?? null,
          owner: contactOf(u.owner_name, u.owner_phone),
          emergency: contactOf(u.emergency_name, u.emergency_phone),
          keyCustody: u.key_custody,
          notes: u.notes,
        })),
        zones: zones.map((z) => ({
          id: z.id,
          estate: z.estate_id,
          names: namesOf(z),
          buildings: z.buildings,
          units: z.units,
        })),
        devices: devices.map((d) => ({
          id: d.id,
          no: d.no,
          estate: d.estate_id,
          kind: d.kind,
          name: namesOf(d),
          building: d.building_id,
          unit: d.unit_id,
          riser: d.riser_id,
          floor: d.floor,
          // Written only through the estate file's schema.
          attributes: d.attributes as unknown as DeviceAttributes,
          life: d.life,
          maintenanceUntil: d.maintenance_until?.getTime() ?? null,
          occupancy: d.occupancy,
          welfare: d.unit_id !== null && welfare.has(d.unit_id),
          visitUntil: d.visit_until?.getTime() ?? null,
          awayUntil: d.away_until?.getTime() ?? null,
          timezone: zoneOf.get(d.estate_id) ?? 'Asia/Shanghai',
          overrides: overrides.at({
            organisation: organisationOf.get(d.estate_id) ?? null,
            estate: d.estate_id,
            building: d.building_id,
            device: d.id,
          }),
          tokenSha256: d.token_sha256,
          hasSpoken: d.has_spoken,
        })),
        bridges: bridges.map((b) => ({
          id: b.id,
          estate: b.estate_id,
          names: namesOf(b),
          dialect: b.dialect,
          prefix: b.topic_prefix,
          profile: b.profile,
          tokenSha256: b.token_sha256,
        })),
        people: people.map((p) => ({
          username: p.username,
          names: namesOf(p),
          phone: p.phone,
          roles: roles.filter((r) => r.username === p.username).map((r) => ({ estate: r.estate_id, role: r.role })),
        })),
        roster: roster.map((e) => ({
          id: e.id,
          estate: e.estate_id,
          zone: e.zone_id,
          role: e.role,
          duty: e.duty,
          person: e.username,
          weekdays: e.weekdays,
          from: e.from_time,
          to: e.to_time,
        })),
        rotations: rotations.map(rotationOf),
        rosterOverrides: standIns.map(overrideOfRoster),
        leaves: leaves.map(leaveOf),
        contacts: contacts.map((c) => ({
          ...{ id: c.id, estate: c.estate_id, kind: c.kind, names: namesOf(c), phone: c.phone },
        })),
      });
    });
}

const overrideOf = ({
  scope,
  scope_id: scopeId,
  key,
  value,
  by,
  at,
  reason,
}: Selectable<Database['rule_override']>) => ({
  ...{ scope, scopeId, key, value, by, at: at.getTime(), reason },
});

const namesOf = (row: { name_zh: string; name_en: string }) => ({ zh: row.name_zh, en: row.name_en });

const contactOf = (name: string | null, phone: string | null) =>
  name === null && phone === null ? null : { name: name ?? '', phone };
