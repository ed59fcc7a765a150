import type pg from 'pg';
import { inOrder, landedReadings, type LandedReading } from './landing-block.js';
import { CODEC, packBlock, unpackBlock } from './packed-block.js';
import { OLD_ROW_AS_LINE } from './new-readings.js';
import { Pace } from './pace.js';

/** Whoever empties the landing table holds this transaction lock, so that two instances do not do it both. */
const LOCK = 0x57_4c_41_4e;

const HOUR_MS = 3_600_000;
/** Readings that one step moves: about half a second of work. */
const STEP_READINGS = 50_000;
const STEP_GROUPS = 64;
/** An hour with more readings than this is worth a block of its own for ever; with fewer, its day is. */
const FULL = 512;
const MOST_IN_A_BLOCK = 4096;
/** So many fresh blocks of a device and hour are merged although the hour is not over. */
const MANY_FRESH = 8;
/** Readings come late by this much in ordinary life; later ones make blocks of their own. */
const GRACE_MS = 300_000;
const OLD_ROWS = 5000;
/** Blocks stored by one statement. */
const STORED_AT_ONCE = 128;

interface NewBlock {
  readonly no: number;
  readonly hour: number;
  readonly level: number;
  readonly readings: readonly LandedReading[];
}
interface KeptBlock {
  readonly no: number;
  readonly hour: number;
  readonly count: number;
  readonly codec: number;
  readonly payload: Buffer;
  readonly place: string;
}

/**
 * Packs readings: from the landing table into blocks of a device, small blocks into those of an hour or a day. Each step
 * is one short transaction that takes rows and puts the same readings elsewhere, so a crash at any instant loses and
 * doubles nothing. Holds no lock that a writer of readings waits for.
 */
export class Compactor {
  /** @param pool connections of its own @param now steady ms */
  constructor(
    private readonly pool: pg.Pool,
    private readonly now: () => number,
    private readonly pace: Pace = new Pace(),
  ) {}

  /** Moves the oldest readings that have landed into blocks. @returns how many, 0 when there is nothing to do */
  land(): Promise<number> {
    return this.step(async (client) => {
      const { rows } = await client.query<{ id: string; payload: string }>(
        `select id, payload from (select id, payload, sum(count) over (order by id) - count as before
          from (select * from reading_landing order by id limit 5000) oldest) l where before < $1`,
        [STEP_READINGS],
      );
      if (rows.length === 0) return 0;
      this.pace.begin();
      const groups = new Map<string, LandedReading[]>();
      let moved = 0;
      for (const { payload } of rows) {
        for (const r of landedReadings(payload)) {
          const key = `${r.no} ${hourOf(r.at)}`;
          const group = groups.get(key);
          if (group) group.push(r);
          else groups.set(key, [r]);
          moved++;
        }
        await this.pace.breathe();
      }
      const blocks = [...groups.values()].map((readings) => {
        const { no, at } = readings[0] as LandedReading;
        return { no, hour: hourOf(at), level: 0, readings };
      });
      await this.store(client, blocks);
      const gone = await client.query('delete from reading_landing where id = any($1)', [rows.map((r) => r.id)]);
      if (gone.rowCount !== rows.length) throw new Error('somebody else has emptied the landing table meanwhile');
      return moved;
    });
  }

  /** Merges fresh blocks of an hour that is over, or of which there are many. @returns blocks that were merged */
  mergeHours(): Promise<number> {
    const closed = hourOf(this.now() - GRACE_MS);
    return this.merge(
      `select device_no, hour from reading_block where level = 0 group by hour, device_no
        having hour < ${closed} or count(*) >= ${MANY_FRESH} order by hour, device_no limit ${STEP_GROUPS}`,
      `b.level < 2 and b.hour = w.hour`,
      (readings) => (readings.length >= FULL ? 2 : 1),
    );
  }

  /** Merges the hours of a day that is over. @returns blocks that were merged */
  mergeDays(): Promise<number> {
    const closed = Math.floor(hourOf(this.now() - GRACE_MS) / 24) * 24;
    return this.merge(
      `select device_no, min(hour) as hour from reading_block b where level = 1 and hour < ${closed}
        and not exists (select 1 from reading_block f where f.level = 0 and f.hour = b.hour and f.device_no = b.device_no)
        group by floor(hour / 24.0), device_no order by 2, 1 limit ${STEP_GROUPS}`,
      `b.level = 1 and floor(b.hour / 24.0) = floor(w.hour / 24.0)`,
      () => 2,
    );
  }

  /** Moves rows of the first release to the landing table. @returns how many */
  moveOld(): Promise<number> {
    return this.step(async (client) => {
      const { rows } = await client.query<{ moved: number }>(
        `with taken as (delete from reading_old where (tableoid, ctid) in
            (select tableoid, ctid from reading_old limit ${OLD_ROWS}) returning *),
          r as (select *, round(extract(epoch from at) * 1000)::bigint as at_ms from taken),
          landed as (insert into reading_landing (first_at, last_at, count, device_nos, payload)
            select min(at_ms), max(at_ms), count(*), array_agg(distinct device_no), string_agg(${OLD_ROW_AS_LINE}, e'\\x1e')
            from r having count(*) > 0)
        select count(*)::int as moved from taken`,
      );
      return rows[0]?.moved ?? 0;
    });
  }

  /** Drops blocks whose newest reading is older than this, a few thousand at a time. @returns readings dropped */
  dropBefore(at: number): Promise<number> {
    return this.step(async (client) => {
      const { rows } = await client.query<{ dropped: number }>(
        `with gone as (delete from reading_block where ctid in (select ctid from reading_block
            where hour < $1::int and last_at < $2::bigint limit 5000) returning count)
        select coalesce(sum(count), 0)::int as dropped from gone`,
        [hourOf(at) + 1, at],
      );
      return rows[0]?.dropped ?? 0;
    });
  }

  private merge(groups: string, which: string, levelOf: (r: readonly LandedReading[]) => number): Promise<number> {
    return this.step(async (client) => {
      const { rows } = await client.query<KeptBlock>(
        `with wanted as materialized (${groups})
        select b.device_no as no, b.hour, b.count, b.codec, b.payload, b.ctid::text as place
          from wanted w join reading_block b on b.device_no = w.device_no and ${which}
          order by b.device_no, b.hour, b.level desc, b.first_at`,
      );
      if (rows.length === 0) return 0;
      this.pace.begin();
      const merged = new Map<string, NewBlock & { readings: LandedReading[] }>();
      for (const b of rows) {
        const level = levelOf([]);
        const key = `${b.no} ${level === 2 ? Math.floor(b.hour / 24) : b.hour}`;
        const group = merged.get(key) ?? { no: b.no, hour: b.hour, level, readings: [] };
        merged.set(key, group);
        for (const r of unpackBlock(b.payload, b.count, b.codec)) group.readings.push({ ...r, no: b.no });
        await this.pace.breathe();
      }
      const blocks = [...merged.values()].map((b) => ({ ...b, level: levelOf(b.readings) }));
      await this.store(client, blocks);
      const gone = await client.query('delete from reading_block where ctid = any($1::text[]::tid[])', [
        rows.map((r) => r.place),
      ]);
      if (gone.rowCount !== rows.length) throw new Error('somebody else has merged these blocks meanwhile');
      return rows.length;
    });
  }

  private async store(client: pg.PoolClient, blocks: readonly NewBlock[]): Promise<void> {
    const rows: NewRow[] = [];
    for (const block of blocks) {
      const sorted = [...block.readings].sort(inOrder);
      for (let i = 0; i < sorted.length; i += MOST_IN_A_BLOCK) {
        const readings = sorted.slice(i, i + MOST_IN_A_BLOCK);
        rows.push({ block, readings, payload: packBlock(readings) });
      }
      await this.pace.breathe();
    }
    rows.sort((a, b) => a.block.no - b.block.no || a.block.hour - b.block.hour);
    for (let i = 0; i < rows.length; i += STORED_AT_ONCE) {
      await insert(client, rows.slice(i, i + STORED_AT_ONCE));
      await this.pace.breathe();
    }
  }

  /** One transaction of the one compactor. 0 when another instance has its turn. */
  private async step(work: (client: pg.PoolClient) => Promise<number>): Promise<number> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('begin');
      await client.query(`set local statement_timeout = '30s'`);
      const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_xact_lock($1) as mine', [LOCK]);
      const done = rows[0]?.mine ? await work(client) : 0;
      await client.query('commit');
      return done;
    } catch (error) {
      broken = error as Error;
      throw error;
    } finally {
      // A connection in the middle of something is closed, which takes back what it had begun.
      client.release(broken);
    }
  }
}

const hourOf = (at: number): number => Math.floor(at / HOUR_MS);

interface NewRow {
  readonly block: NewBlock;
  readonly readings: readonly LandedReading[];
  readonly payload: Buffer;
}

async function insert(client: pg.PoolClient, rows: readonly NewRow[]): Promise<void> {
  await client.query(
    `insert into reading_block (device_no, hour, level, codec, first_at, last_at, count, payload)
      select * from unnest($1::int[], $2::int[], $3::smallint[], $4::smallint[], $5::bigint[], $6::bigint[], $7::int[], $8::bytea[])`,
    [
      rows.map((r) => r.block.no),
      rows.map((r) => r.block.hour),
      rows.map((r) => r.block.level),
      rows.map(() => CODEC),
      rows.map((r) => r.readings[0]?.at),
      rows.map((r) => r.readings.at(-1)?.at),
      rows.map((r) => r.readings.length),
      rows.map((r) => r.payload),
    ],
  );
}
