import type { Selectable } from 'kysely';
import type { RosterTables } from '../platform/schema/roster-tables.js';
import type { Leave, RosterOverride, Rotation } from './roster-plan.js';

export const rotationOf = (r: Selectable<RosterTables['roster_rotation']>): Rotation => ({
  ...{ id: r.id, estate: r.estate_id, zone: r.zone_id, role: r.role, duty: r.duty },
  ...{ people: r.people, period: r.period, startsOn: r.starts_on, handover: r.handover, endsOn: r.ends_on },
  replacesLines: r.replaces_lines,
});

export const overrideOfRoster = (o: Selectable<RosterTables['roster_override']>): RosterOverride => ({
  ...{ id: o.id, estate: o.estate_id, zone: o.zone_id, role: o.role, duty: o.duty },
  ...{ person: o.username, insteadOf: o.instead_of, from: o.from_at.getTime(), until: o.until_at.getTime() },
  ...{ reason: o.reason, swap: o.swap_id },
});

export const leaveOf = (l: Selectable<RosterTables['roster_leave']>): Leave => ({
  ...{ id: l.id, estate: l.estate_id, person: l.username, reason: l.reason },
  ...{ from: l.from_at.getTime(), until: l.until_at.getTime() },
});
