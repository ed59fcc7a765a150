import type { Kysely } from 'kysely';
import type { RaisedAlarm } from '../../detection/replay/compare.js';
import type { PersonsEnding } from '../../detection/replay/replay-world.js';
import type { Database } from '../../platform/database-schema.js';

export interface RaisedThen {
  readonly alarms: readonly RaisedAlarm[];
  /** What people ended by hand, since the rules begin to run: the rules were told. */
  readonly endings: readonly PersonsEnding[];
}

/**
 * What was raised in an estate in [from, to), or was open then, in the order of raising.
 * @param devices null = all of the estate, also alarms of buildings and risers
 */
export async function raisedThen(
  db: Kysely<Database>,
  estate: string,
  devices: readonly string[] | null,
  span: { from: number; to: number; warmUpFrom: number },
): Promise<RaisedThen> {
  let q = db
    .selectFrom('alarm')
    .leftJoin('ticket', 'ticket.id', 'alarm.ticket_id')
    .selectAll('alarm')
    .select('ticket.no as ticket_no')
    .where('alarm.estate_id', '=', estate)
    .where('alarm.raised_at', '<', new Date(span.to))
    .where((eb) => eb.or([eb('alarm.ended_at', 'is', null), eb('alarm.ended_at', '>=', new Date(span.warmUpFrom))]));
  if (devices) q = q.where('alarm.device_id', 'in', devices.length > 0 ? [...devices] : ['']);
  const rows = await q.orderBy('alarm.raised_at').orderBy('alarm.id').execute();
  const alarms = rows.map((a) => ({
    id: a.id,
    event: a.event,
    subject: { type: a.subject_type, id: a.subject_id },
    device: a.device_id,
    priority: a.priority,
    raisedAt: a.raised_at.getTime(),
    // A cleared alarm that waits for its acknowledgement is over as far as rules can know.
    endedAt: (a.ended_at ?? a.cleared_at)?.getTime() ?? null,
    occurrences: a.occurrence,
    reason: a.reason,
    ticket: a.ticket_no,
  }));
  const endings = rows.flatMap((a) =>
    a.ended_at !== null && a.ended_by !== null
      ? [
          {
            at: a.ended_at.getTime(),
            event: a.event,
            subject: { type: a.subject_type, id: a.subject_id },
            device: a.device_id,
          },
        ]
      : [],
  );
  return { alarms: alarms.filter((a) => (a.endedAt ?? Infinity) >= span.from), endings };
}
