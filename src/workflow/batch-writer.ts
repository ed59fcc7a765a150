import type pg from 'pg';
import { createClient } from '../platform/database.js';
import type { NumberedReading } from '../telemetry/history.port.js';
import { INSERT_LANDING, landingParameters } from '../telemetry/history/landing-block.js';
import { notYetStored, type Queryable } from '../telemetry/history/new-readings.js';
import type { Entry, Snapshot } from './intake-entry.js';

/** Readings, states of rules and first words of devices: one statement, so one round trip and one commit. */
const WRITE = {
  name: 'write-entries',
  text: `with readings as (${INSERT_LANDING}),
    states as (
      insert into detector_state (subject, estate_id, version, states, due_at, through, updated_at)
      select s, e, v, j::jsonb, to_timestamp(d / 1000.0), nullif(t, '')::jsonb, now()
      from unnest($6::text[], $7::text[], $8::bigint[], string_to_array($9, e'\\x1e'), $10::float8[],
        string_to_array($12, e'\\x1e')) as x(s, e, v, j, d, t)
      on conflict (subject) do update set estate_id = excluded.estate_id, version = excluded.version,
        states = excluded.states, due_at = excluded.due_at, through = excluded.through, updated_at = excluded.updated_at
      where detector_state.version < excluded.version)
    update device set has_spoken = true where id = any($11::text[]) and not has_spoken`,
};

/** The newest snapshot of each subject, in a fixed order, so that two writers never wait for each other in a circle. */
function newestSnapshots(entries: readonly Entry[]): Snapshot[] {
  const newest = new Map<string, Snapshot>();
  for (const e of entries) {
    if (!e.snapshot) continue;
    const known = newest.get(e.snapshot.subject);
    if (!known || known.version < e.snapshot.version) newest.set(e.snapshot.subject, e.snapshot);
  }
  return [...newest.values()].sort((a, b) => (a.subject < b.subject ? -1 : 1));
}

/**
 * Readings, detector states and first words of these entries; inside the caller's transaction when `client` is in one.
 * @param again an earlier try may have been committed although it looked as if it failed
 */
export async function writeEntries(client: Queryable, entries: readonly Entry[], again = false): Promise<void> {
  const fresh: NumberedReading[] = [];
  const maybeStored: NumberedReading[] = [];
  for (const e of entries) for (const r of e.readings) (again || r.maybeStored ? maybeStored : fresh).push(r);
  if (maybeStored.length > 0) fresh.push(...(await notYetStored(client, maybeStored)));
  const snapshots = newestSnapshots(entries);
  const spoken = new Set(entries.flatMap((e) => (e.firstWord ? (e.lane.device()?.id ?? []) : [])));
  if (fresh.length > 0 || snapshots.length > 0 || spoken.size > 0) {
    await client.query({
      ...WRITE,
      values: [
        ...landingParameters(fresh),
        snapshots.map((s) => s.subject),
        snapshots.map((s) => s.estate),
        `{${snapshots.map((s) => s.version).join(',')}}`,
        snapshots.map((s) => JSON.stringify(s.states())).join('\u001e'),
        `{${snapshots.map((s) => s.dueAt ?? 'null').join(',')}}`,
        [...spoken].sort((a, b) => (a < b ? -1 : 1)),
        snapshots.map((s) => (s.through ? JSON.stringify(s.through) : '')).join('\u001e'),
      ],
    });
  }
}

/** True for errors that say that the data is bad (law 9), not that the database is away. */
export function isBadData(error: unknown): boolean {
  const code = (error as { code?: string }).code ?? '';
  return code.startsWith('22') || code.startsWith('23') || code === '54000';
}

/** A process of the database server; numbers are used again, so its start belongs to its name. */
interface Backend {
  readonly pid: number;
  readonly started: string;
}
const OWN_BACKEND = `select pid, backend_start::text as started from pg_stat_activity where pid = pg_backend_pid()`;
const END_BACKEND = `select pg_terminate_backend(pid, $3) from pg_stat_activity
  where pid = $1 and backend_start = $2::timestamptz`;
const END_WITHIN_MS = 5000;

/** A batch commits in milliseconds; behind one that hangs wait the emergencies of its devices. */
const ANSWER_WITHIN_MS = 10_000;

/** One connection of its own for the bulk of the readings, with named statements; reconnects by itself. */
export class BatchWriter {
  private client: pg.Client | null = null;
  /** The server's process of a connection that was given up: it may be committing still. */
  private left: Backend | null = null;
  private backend: Backend | null = null;

  constructor(private readonly url: string) {}

  /** Commits these entries together. @throws the database's error; nothing of them is stored then */
  async write(entries: readonly Entry[], again = false): Promise<void> {
    const client = (this.client ??= await this.connect());
    try {
      // One statement is a transaction by itself; what comes before it only reads.
      await writeEntries(client, entries, again);
    } catch (error) {
      if (!isBadData(error)) this.drop();
      throw error;
    }
  }

  async close(): Promise<void> {
    const client = this.client;
    this.client = null;
    await client?.end().catch(() => undefined);
  }

  private async connect(): Promise<pg.Client> {
    const client = createClient({ url: this.url, name: 'batch', answerWithinMs: ANSWER_WITHIN_MS });
    client.on('error', () => this.drop());
    await client.connect();
    try {
      // What it may still commit must be there, or never come, before anybody looks what is stored already.
      if (this.left) await client.query(END_BACKEND, [this.left.pid, this.left.started, END_WITHIN_MS]);
      this.left = null;
      this.backend = (await client.query<Backend>(OWN_BACKEND)).rows[0] ?? null;
    } catch (error) {
      client.end().catch(() => undefined);
      throw error;
    }
    return client;
  }

  private drop(): void {
    const client = this.client;
    this.client = null;
    this.left = this.backend ?? this.left;
    this.backend = null;
    client?.end().catch(() => undefined);
  }
}
