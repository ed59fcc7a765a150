import type { IPoint } from 'influx';
import type pg from 'pg';
import { createPool } from '../../platform/database.js';
import type { HistoryKeeper } from './history-keeper.js';
import { connectInflux, within, type InfluxConnection } from './influx-client.js';
import { pointsOf, type PointOrigin } from './influx-point.js';
import { prepareInflux, RAW, type InfluxKeeping } from './influx-schema.js';
import { landedReadings, type LandedReading } from './landing-block.js';
import { landingFill } from './landing-fill.js';
import { Compactor } from './compactor.js';

export interface DrainOptions extends InfluxKeeping {
  readonly databaseUrl: string;
  readonly influxUrl: string;
  /** Megabytes of readings that may wait; beyond that the oldest are dropped. */
  readonly outboxMb: number;
  readonly onFailed: (error: Error) => void;
  readonly onRecovered: () => void;
  /** A reading that InfluxDB refuses for ever. */
  readonly onRefused: (refused: { estate: string; device: string; reading: LandedReading; why: string }) => void;
  /** So many readings were dropped because the outbox was full. */
  readonly onDropped: (readings: number) => void;
}

/** Whoever drains holds this session lock. Draining twice at a time would be no harm, only work done twice. */
const LOCK = 0x49_4e_46_4c;
const BATCH_READINGS = 2000;
const IDLE_MS = 500;
const REQUEST_MS = 5000;
const FILL_EVERY_MS = 5000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;
const MB = 1_000_000;
const VACUUM_AFTER = 100_000;

/**
 * Writes what has landed to InfluxDB, oldest first, and deletes it when that has confirmed it (law 10). Between the two
 * a crash makes the same points be written again, which changes nothing.
 */
export class InfluxDrain implements HistoryKeeper {
  private readonly pool: pg.Pool;
  private readonly influx: InfluxConnection;
  private readonly origins = new Map<number, PointOrigin>();
  private readonly old: Compactor;
  private work: Promise<void> = Promise.resolve();
  private wake: (() => void) | null = null;
  private stopped = false;
  private prepared = false;
  private oldAreGone = false;
  private filledAt = -Infinity;
  private unvacuumed = 0;

  constructor(private readonly options: DrainOptions) {
    // One for the lock and the work, one for the size, so that a frozen InfluxDB does not keep the bound from holding.
    this.pool = createPool({ url: options.databaseUrl, name: 'history', max: 2 });
    this.influx = connectInflux(options.influxUrl, REQUEST_MS);
    this.old = new Compactor(this.pool, () => 0);
  }

  start(): Promise<void> {
    this.work = this.run();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wake?.();
    await this.work;
    await this.pool.end();
  }

  private async run(): Promise<void> {
    for (let failures = 0; !this.stopped;) {
      try {
        await this.asTheOne(async (client) => {
          await this.prepare();
          if (failures > 0) this.options.onRecovered();
          failures = 0;
          await this.rounds(client);
        });
        await this.pause(IDLE_MS);
      } catch (error) {
        failures++;
        this.prepared = false;
        if (!this.stopped) this.options.onFailed(error as Error);
        await this.bounded().catch(() => undefined);
        await this.pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures) * (0.5 + Math.random() / 2));
      }
    }
  }

  /** Drains until it is stopped or something fails. At a stop, once more what waits. */
  private async rounds(client: pg.PoolClient): Promise<void> {
    for (;;) {
      const last = this.stopped;
      while (!this.oldAreGone && !this.stopped) this.oldAreGone = (await this.old.moveOld()) === 0;
      while ((await this.once(client)) > 0 && (last || !this.stopped)) await this.bounded();
      await this.bounded();
      if (last) return;
      await this.pause(IDLE_MS);
    }
  }

  /** @returns how many readings were drained; 0 = none wait */
  private async once(client: pg.PoolClient): Promise<number> {
    const { rows } = await client.query<{ id: string; count: number; payload: string }>(
      `select id, count, payload from (select id, count, payload, sum(count) over (order by id) - count as before
        from (select * from reading_landing order by id limit 500) oldest) l where before < $1 order by id`,
      [BATCH_READINGS],
    );
    if (rows.length === 0) return 0;
    const landed = rows.map((r) => landedReadings(r.payload));
    await this.know(client, landed.flat());
    await this.write(
      landed.flatMap((readings) => {
        const points = pointsOf(readings, (no) => this.originOf(no));
        return points.map((point, i) => ({ point, reading: readings[i] as LandedReading }));
      }),
    );
    await client.query('delete from reading_landing where id = any($1)', [rows.map((r) => r.id)]);
    const count = rows.reduce((n, r) => n + r.count, 0);
    this.unvacuumed += count;
    if (this.unvacuumed >= VACUUM_AFTER) {
      this.unvacuumed = 0;
      await client.query(`vacuum (truncate ${rows.length < 500}) reading_landing`);
    }
    return count;
  }

  /** A refused batch is halved until what is refused is alone: the others are written, that one is told of. */
  private async write(points: readonly { point: IPoint; reading: LandedReading }[]): Promise<void> {
    try {
      const written = this.influx.client.writePoints(
        points.map((p) => p.point),
        { precision: 'n', retentionPolicy: RAW },
      );
      await within(3 * REQUEST_MS, written);
    } catch (error) {
      const why = refusal(error);
      if (why === null) throw error;
      const [only] = points;
      if (points.length === 1 && only) {
        const { device, estate } = this.originOf(only.reading.no);
        this.options.onRefused({ estate, device, reading: only.reading, why });
        return;
      }
      const half = points.length >> 1;
      await this.write(points.slice(0, half));
      await this.write(points.slice(half));
    }
  }

  private async prepare(): Promise<void> {
    if (this.prepared) return;
    await within(6 * REQUEST_MS, prepareInflux(this.influx, this.options));
    this.prepared = true;
  }

  /** Learns of the devices that it does not know yet, and now and then anew: a device may be moved. */
  private async know(client: pg.PoolClient, readings: readonly LandedReading[]): Promise<void> {
    const unknown = [...new Set(readings.map((r) => r.no))].filter((no) => !this.origins.has(no));
    if (unknown.length === 0) return;
    const { rows } = await client.query<PointOrigin & { no: number }>(
      `select no, id as device, estate_id as estate, building_id as building, kind from device where no = any($1)`,
      [unknown],
    );
    for (const { no, ...origin } of rows) this.origins.set(no, origin);
  }

  private originOf(no: number): PointOrigin {
    return this.origins.get(no) ?? { device: `no-${no}`, estate: 'unknown', building: null, kind: 'generic' };
  }

  /** Keeps the outbox within its size: the oldest readings go, counted. */
  private async bounded(): Promise<void> {
    const now = performance.now();
    if (now - this.filledAt < FILL_EVERY_MS) return;
    this.filledAt = now;
    this.origins.clear();
    const most = this.options.outboxMb * MB;
    const { bytes } = await landingFill(this.pool);
    if (bytes <= most) return;
    const { rows } = await this.pool.query<{ dropped: number }>(
      `with gone as (delete from reading_landing where id in (
          select id from (select id, sum(pg_column_size(payload) + pg_column_size(device_nos) + 100) over (order by id) as size
            from reading_landing) l where size <= $1) returning count)
      select coalesce(sum(count), 0)::int as dropped from gone`,
      [bytes - 0.9 * most],
    );
    this.options.onDropped(rows[0]?.dropped ?? 0);
    await this.pool.query('vacuum reading_landing');
  }

  private async asTheOne(work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
    const client = await this.pool.connect();
    try {
      const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [LOCK]);
      if (rows[0]?.mine) await work(client);
    } finally {
      // Closed, and with it the lock is free.
      client.release(true);
    }
  }

  private pause(ms: number): Promise<void> {
    if (this.stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Why InfluxDB will never take these points; null when it may later. */
function refusal(error: unknown): string | null {
  const { res, message } = error as { res?: { statusCode?: number }; message: string };
  return res?.statusCode === 400 || res?.statusCode === 413 ? message : null;
}
