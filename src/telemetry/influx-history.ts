import { escape } from 'influx';
import type { Bucket, History, HistoryAnswer, StoredReading } from './history.port.js';
import { bucketOf, Buckets } from './history/buckets.js';
import { within, type InfluxConnection } from './history/influx-client.js';
import { measurementOf, readingOf } from './history/influx-point.js';
import { RAW } from './history/influx-schema.js';
import { identity, inOrder } from './history/landing-block.js';

/** A page must not hang on a history store that is away. Milliseconds. */
const PATIENCE_MS = 3000;
/** Who did not answer is left alone for so long, so that a burst of questions does not wait for it one by one. */
const PAUSE_MS = 2000;

interface Answer {
  readonly results: readonly {
    readonly series?: readonly { columns: string[]; values: unknown[][] }[];
    error?: string;
  }[];
}

/** History in InfluxDB, and what waits in PostgreSQL to be written there. */
export class InfluxHistory implements History {
  private silentUntil = 0;

  /**
   * @param waiting what PostgreSQL holds: readings on their way, and blocks from before InfluxDB was used
   * @param kindOf a device's kind, undefined when there is no such device
   */
  constructor(
    private readonly influx: InfluxConnection,
    private readonly waiting: History,
    private readonly kindOf: (device: string) => string | undefined,
  ) {}

  async readings(device: string, from: number, to: number, limit: number): Promise<HistoryAnswer<StoredReading>> {
    // First what waits: a reading that is moved meanwhile is then seen twice at worst, and never missed.
    const waiting = await this.waiting.readings(device, from, to, limit);
    const kind = this.kindOf(device);
    if (kind === undefined || from >= to) return waiting;
    const source = `from "${RAW}"."${measurementOf(kind)}" where "device" = ${escape.stringLit(device)}`;
    const select = `select * ${source} and`;
    const bound = Number.isFinite(limit) ? `limit ${limit}` : '';
    const found = await this.asked(async () => {
      const rows = await this.ask(`${select} ${range(from, to)} order by time ${bound}`);
      const last = rows.at(-1)?.at;
      if (rows.length < limit || last === undefined) return rows;
      // The limit may have cut through readings of one moment, whose order is by number.
      const ofTheLast = await this.ask(`${select} ${range(last, last + 1)}`);
      return [...rows.filter((r) => r.at < last), ...ofTheLast];
    });
    const known = new Set(waiting.items.map(identity));
    const written = (found ?? []).filter((r) => !known.has(identity(r)));
    const items = [...waiting.items, ...written].sort(inOrder).slice(0, limit);
    return { items, partial: found === null };
  }

  async downsampled(
    device: string,
    field: string,
    from: number,
    to: number,
    stepMs: number,
  ): Promise<HistoryAnswer<Bucket>> {
    const kind = this.kindOf(device);
    if (kind === undefined || from >= to) return { items: [], partial: false };
    // What waits may be in InfluxDB too: between its first and last moment readings are counted one by one.
    const all = await this.waiting.readings(device, from, to, Infinity);
    const first = all.items[0]?.at;
    const last = all.items.at(-1)?.at;
    if (first === undefined || last === undefined) {
      const items = await this.grouped(device, kind, field, from, to, stepMs);
      return { items: items ?? [], partial: items === null };
    }
    const begin = Math.max(from, bucketOf(first, stepMs));
    const end = Math.min(to, bucketOf(last, stepMs) + stepMs);
    const before = begin > from ? await this.grouped(device, kind, field, from, begin, stepMs) : [];
    const between = new Buckets(field, stepMs);
    const mixed = await this.readings(device, begin, end, Infinity);
    between.add(mixed.items);
    const after = end < to ? await this.grouped(device, kind, field, end, to, stepMs) : [];
    return {
      items: [...(before ?? []), ...between.list, ...(after ?? [])],
      partial: mixed.partial || before === null || after === null,
    };
  }

  private grouped(
    device: string,
    kind: string,
    field: string,
    from: number,
    to: number,
    stepMs: number,
  ): Promise<Bucket[] | null> {
    const f = escape.quoted(field);
    const text = `select count(${f}), min(${f}), max(${f}), mean(${f}), last(${f}) from "${RAW}"."${measurementOf(kind)}"
      where "device" = ${escape.stringLit(device)} and ${range(from, to)} group by time(${stepMs}ms) fill(none)`;
    return this.asked(async () => {
      const rows = await this.rows(text);
      // A field that is not a number has a count and nothing else.
      return rows.flatMap(({ time, count, min, max, mean, last }) =>
        typeof mean === 'number' && typeof last === 'number'
          ? [{ at: Number(time), count: Number(count), min: Number(min), max: Number(max), mean, last }]
          : [],
      );
    });
  }

  private async ask(text: string): Promise<StoredReading[]> {
    return (await this.rows(text)).map((row) => readingOf(Number(row['time']), row));
  }

  private async rows(text: string): Promise<Record<string, unknown>[]> {
    const { results } = await within<Answer>(
      PATIENCE_MS,
      this.influx.client.queryRaw(text, { precision: 'ms' }) as Promise<Answer>,
    );
    const error = results[0]?.error;
    if (error !== undefined) {
      // Numbers of what is no number: there are none.
      if (/unsupported (mean|min|max) iterator type/.test(error)) return [];
      throw new Error(error);
    }
    return (results[0]?.series ?? []).flatMap(({ columns, values }) =>
      values.map((v) => Object.fromEntries(columns.map((c, i) => [c, v[i]]))),
    );
  }

  /** null when the store does not answer. */
  private async asked<T>(question: () => Promise<T>): Promise<T | null> {
    if (performance.now() < this.silentUntil) return null;
    try {
      return await question();
    } catch {
      this.silentUntil = performance.now() + PAUSE_MS;
      return null;
    }
  }
}

const range = (from: number, to: number): string => `time >= ${from}ms and time < ${to}ms`;
