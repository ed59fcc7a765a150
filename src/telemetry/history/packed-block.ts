import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { StoredReading } from '../history.port.js';
import { packColumn, unpackColumn, type PackedColumn } from './packed-column.js';

/** How a block is packed; written beside it, so that another way can be added without rewriting what is there. */
export const CODEC = 1;

/** Keys in the order in which they were sent; an object within is its key and its own shape. */
type Shape = readonly (string | readonly [string, Shape])[];

interface Columns {
  /** at; observedAt and receivedAt as distances from it; seq, null when there was none. */
  readonly a: PackedColumn;
  readonly o: PackedColumn;
  readonly r: PackedColumn;
  readonly s: PackedColumn;
  /** The shapes that occur, and which one each reading has. */
  readonly k: readonly Shape[];
  readonly x: PackedColumn;
  /** One column a path in the shapes' order: the values of those readings that have it. */
  readonly c: readonly PackedColumn[];
}

/**
 * Readings of one device as columns: slow values cost nothing while they stay the same. Exact: what comes out is what
 * went in, absent keys, their order, nested objects and every digit of numbers included.
 * @param readings at least one
 */
export function packBlock(readings: readonly StoredReading[]): Buffer {
  const shapes = new Map<string, number>();
  const list: Shape[] = [];
  const columns = new Map<string, unknown[]>();
  const picks: number[] = [];
  // Most readings have the shape of the one before: theirs is not looked for again.
  let before: readonly string[] | null = null;
  for (const { values } of readings) {
    if (before && isFlat(values, before)) {
      for (const key of before) columns.get(quoted(key))?.push(values[key]);
      picks.push(picks.at(-1) as number);
      continue;
    }
    const shape = gather(values, '', columns);
    const key = JSON.stringify(shape);
    let pick = shapes.get(key);
    if (pick === undefined) {
      pick = list.length;
      shapes.set(key, pick);
      list.push(shape);
    }
    picks.push(pick);
    before = shape.every((part): part is string => typeof part === 'string') ? shape : null;
  }
  const packed: Columns = {
    a: packColumn(readings.map((r) => r.at)),
    o: packColumn(readings.map((r) => r.observedAt - r.at)),
    r: packColumn(readings.map((r) => r.receivedAt - r.at)),
    s: packColumn(readings.map((r) => r.seq ?? null)),
    k: list,
    x: packColumn(picks),
    // A map keeps the order in which paths first occur, as does whoever walks the shapes reading by reading.
    c: [...columns.values()].map(packColumn),
  };
  return deflateRawSync(JSON.stringify(packed), { level: 6 });
}

/** @param count as it stands beside the payload @throws Error when the payload is not a block of this codec */
export function unpackBlock(payload: Buffer, count: number, codec = CODEC): StoredReading[] {
  if (codec !== CODEC)
    throw new Error(`a block of readings is packed in a way (${codec}) that this program does not know`);
  const packed = JSON.parse(inflateRawSync(payload).toString('utf8')) as Columns;
  const at = unpackColumn(packed.a, count) as readonly number[];
  const observed = unpackColumn(packed.o, count) as readonly number[];
  const received = unpackColumn(packed.r, count) as readonly number[];
  const seqs = unpackColumn(packed.s, count) as readonly (number | null)[];
  const picks = unpackColumn(packed.x, count) as readonly number[];
  const sources = sourcesOf(packed, picks);
  return at.map((placed, i) => {
    const seq = seqs[i] ?? null;
    return {
      observedAt: placed + (observed[i] as number),
      receivedAt: placed + (received[i] as number),
      at: placed,
      ...(seq === null ? {} : { seq }),
      values: rebuild(packed.k[picks[i] as number] as Shape, '', sources),
    };
  });
}

/** Puts each leaf into the column of its path. @returns the shape of the object */
function gather(values: Readonly<Record<string, unknown>>, path: string, columns: Map<string, unknown[]>): Shape {
  const shape: (string | readonly [string, Shape])[] = [];
  for (const key of Object.keys(values)) {
    const value = values[key];
    const place = path + quoted(key);
    if (isPlainObject(value)) {
      shape.push([key, gather(value, place, columns)]);
      continue;
    }
    shape.push(key);
    const column = columns.get(place);
    if (column) column.push(value);
    else columns.set(place, [value]);
  }
  return shape;
}

/** Reads the columns' values one after the other. */
interface Source {
  readonly values: readonly unknown[];
  next: number;
}

function sourcesOf(packed: Columns, picks: readonly number[]): Map<string, Source> {
  const uses = new Map<string, number>();
  const readings = packed.k.map(() => 0);
  for (const p of picks) readings[p] = (readings[p] ?? 0) + 1;
  for (const [p, shape] of packed.k.entries())
    for (const place of placesOf(shape, '')) uses.set(place, (uses.get(place) ?? 0) + (readings[p] ?? 0));
  return new Map(
    [...uses].map(([place, n], i) => [place, { values: unpackColumn(packed.c[i] as PackedColumn, n), next: 0 }]),
  );
}

function placesOf(shape: Shape, path: string): string[] {
  return shape.flatMap((part) => {
    if (typeof part === 'string') return [path + quoted(part)];
    return placesOf(part[1], path + quoted(part[0]));
  });
}

function rebuild(shape: Shape, path: string, sources: Map<string, Source>): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const part of shape) {
    const key = typeof part === 'string' ? part : part[0];
    const place = path + quoted(key);
    const source = sources.get(place);
    const value = typeof part === 'string' ? source?.values[source.next++] : rebuild(part[1], place, sources);
    // Assigned, this one key would change the prototype instead.
    if (key === '__proto__')
      Object.defineProperty(values, key, { value, enumerable: true, writable: true, configurable: true });
    else values[key] = value;
  }
  return values;
}

/** These keys in this order, and no object within. */
function isFlat(values: Readonly<Record<string, unknown>>, keys: readonly string[]): boolean {
  let i = 0;
  for (const key of Object.keys(values)) if (key !== keys[i++] || isPlainObject(values[key])) return false;
  return i === keys.length;
}

const QUOTED = new Map<string, string>();
/** As JSON, so that no key can be taken for a path of others. Devices have few keys. */
function quoted(key: string): string {
  let text = QUOTED.get(key);
  if (text === undefined) {
    text = JSON.stringify(key);
    if (QUOTED.size < 1000) QUOTED.set(key, text);
  }
  return text;
}

const isPlainObject = (v: unknown): v is Record<string, unknown> =>
  typeof v === 'object' && v !== null && !Array.isArray(v);
