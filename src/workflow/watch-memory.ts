import type { Kysely } from 'kysely';
import type { StoredStates } from '../detection/rule-runtime.js';
import type { EventName, Subject } from '../kernel/events.js';
import { minutes } from '../kernel/durations.js';
import type { Database } from '../platform/database-schema.js';
import type { StoredRow } from './rule-lane.js';

/** A crash this long ago kept nothing from anybody that has not been told since. */
const LATELY_MS = minutes(10);

/** States of rules by subject, `device:ID`, `building:ID` and so on. */
export async function storedStates(db: Kysely<Database>): Promise<Map<string, StoredRow>> {
  const rows = await db.selectFrom('detector_state').select(['subject', 'version', 'states', 'through']).execute();
  return new Map(
    rows.map(({ subject, version, states, through }) => [
      subject,
      { version, states: states as StoredStates, through },
    ]),
  );
}

/** Devices of which it is known that they say nothing. */
export async function silentDevices(db: Kysely<Database>): Promise<Set<string | null>> {
  const offline = await db
    .selectFrom('alarm')
    .select('device_id')
    .where('event', '=', 'device.offline')
    .where('active', '=', true)
    .where('ended_at', 'is', null)
    .execute();
  return new Set(offline.map((o) => o.device_id));
}

export interface ToldLately {
  readonly found: readonly { readonly device: string; readonly event: EventName; readonly kind: 'raise' | 'clear' }[];
  readonly ended: readonly {
    readonly subject: Subject;
    readonly device: string | null;
    readonly event: EventName;
    readonly at: number;
  }[];
}

/** What was found and ended in the last minutes, in order. @param now steady ms */
export async function toldLately(db: Kysely<Database>, now: number): Promise<ToldLately> {
  const since = new Date(now - LATELY_MS);
  const rows = await db
    .selectFrom('alarm')
    .select(['subject_type', 'subject_id', 'device_id', 'event', 'active', 'raised_at', 'cleared_at'])
    .select(['ended_at', 'ended_by'])
    .where((eb) => eb.or([eb('raised_at', '>', since), eb('cleared_at', '>', since), eb('ended_at', '>', since)]))
    .execute();
  const found = rows.flatMap((r) => {
    const moved = Math.max(r.raised_at.getTime(), r.cleared_at?.getTime() ?? 0);
    if (r.device_id === null || moved <= since.getTime()) return [];
    return [{ device: r.device_id, event: r.event, kind: r.active ? ('raise' as const) : ('clear' as const), moved }];
  });
  const ended = rows.flatMap((r) =>
    r.ended_at !== null && r.ended_at > since && r.ended_by !== null
      ? [
          {
            subject: { type: r.subject_type, id: r.subject_id },
            ...{ device: r.device_id, event: r.event, at: r.ended_at.getTime() },
          },
        ]
      : [],
  );
  return {
    found: found.sort((a, b) => a.moved - b.moved).map(({ device, event, kind }) => ({ device, event, kind })),
    ended: ended.sort((a, b) => a.at - b.at),
  };
}
