import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { Device, DeviceKind } from '../../estate/device.js';
import { err, ok, type Result } from '../../kernel/result.js';
import { NATIVE_SCHEMAS } from '../../telemetry/native-schemas.js';
import type { Reading, ValuesByKind } from '../../telemetry/reading.js';
import { byArrival, type ReadingLog } from './reading-log.js';

/*
 * Readings out of a file:
 *   .jsonl  one reading a line: {"device":"…","observedAt":"…","receivedAt":"…"?,"seq":…?, values as in docs/mqtt.md}
 *   .csv    a header with `device`, `observedAt`, perhaps `receivedAt`, `seq`, and a column a value; several flags joined
 *           by "|", channels of generic devices as `channels.NAME`; an empty cell is a value that was not told
 * Without `receivedAt` a reading came in when it was taken.
 */

const LINE = z.looseObject({ device: z.string().min(1), receivedAt: z.iso.datetime({ offset: true }).optional() });
type Schema = (typeof NATIVE_SCHEMAS)[DeviceKind];

/** Mistakes told before giving up; whoever made the file wants to see the kind of mistake, not ten thousand of it. */
const MISTAKES_TOLD = 5;

/** Parses and checks the whole file. Mistakes are told with their line; a file with one is not played. */
export function readLogFile(
  name: string,
  text: string,
  device: (id: string) => Device | undefined,
): Result<Reading[], string[]> {
  const mistakes: string[] = [];
  const readings: Reading[] = [];
  const complain = (line: number, what: string): void => void mistakes.push(`${name}:${line}: ${what}`);
  const add = (line: number, raw: Record<string, unknown>): void => {
    const head = LINE.safeParse(raw);
    if (!head.success) return complain(line, told(head.error));
    const { device: id, receivedAt, ...rest } = head.data;
    const known = device(id);
    if (!known) return complain(line, `there is no device "${id}"`);
    const read = asReading(known, rest, receivedAt);
    if (read.ok) readings.push(read.value);
    else complain(line, read.error);
  };
  try {
    if (name.endsWith('.csv')) eachRow(text, device, add);
    else eachLine(text, add, complain);
  } catch (e) {
    mistakes.push(`${name}: ${(e as Error).message}`);
  }
  if (mistakes.length === 0) return ok(readings.sort(byArrival));
  const more = mistakes.length - MISTAKES_TOLD;
  return err([...mistakes.slice(0, MISTAKES_TOLD), ...(more > 0 ? [`… and ${more} more mistakes`] : [])]);
}

function eachLine(
  text: string,
  add: (line: number, raw: Record<string, unknown>) => void,
  complain: (line: number, what: string) => void,
): void {
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      const raw = JSON.parse(line) as unknown;
      if (typeof raw === 'object' && raw !== null && !Array.isArray(raw)) add(i + 1, raw as Record<string, unknown>);
      else complain(i + 1, 'not a JSON object');
    } catch (e) {
      complain(i + 1, (e as Error).message);
    }
  }
}

function eachRow(
  text: string,
  device: (id: string) => Device | undefined,
  add: (line: number, raw: Record<string, unknown>) => void,
): void {
  const rows: { record: Record<string, string>; info: { lines: number } }[] = parse(text, {
    columns: true,
    bom: true,
    info: true,
    trim: true,
    skip_empty_lines: true,
  });
  for (const { record, info } of rows) {
    const kind = device(record['device'] ?? '')?.kind;
    const raw: Record<string, unknown> = {};
    for (const [name, cell] of Object.entries(record)) {
      if (cell === '') continue;
      if (name.startsWith('channels.'))
        raw['channels'] = { ...(raw['channels'] as object | undefined), [name.slice(9)]: numberOrFlag(cell) };
      else raw[name] = kind === undefined || isText(name) ? cell : asField(NATIVE_SCHEMAS[kind], name, cell);
    }
    add(info.lines, raw);
  }
}

const isText = (name: string): boolean => name === 'device' || name === 'observedAt' || name === 'receivedAt';

/** What a cell says is what its field takes: "12" is a number as a floor and a text as a fault code. */
function asField(schema: Schema, name: string, cell: string): unknown {
  const field = (schema.shape as Record<string, z.ZodType>)[name];
  const readings: unknown[] = [cell, numberOrFlag(cell), cell.split('|')];
  return readings.find((r) => field?.safeParse(r).success) ?? cell;
}

function numberOrFlag(cell: string): unknown {
  if (cell === 'true' || cell === 'false') return cell === 'true';
  const n = Number(cell);
  return Number.isFinite(n) ? n : cell;
}

function asReading(device: Device, raw: object, receivedAt: string | undefined): Result<Reading, string> {
  const parsed = NATIVE_SCHEMAS[device.kind].safeParse(raw);
  if (!parsed.success) return err(told(parsed.error));
  const { observedAt, seq, ...values } = parsed.data;
  const observed = Date.parse(observedAt);
  const received = receivedAt === undefined ? observed : Date.parse(receivedAt);
  return ok({
    device: device.id,
    observedAt: observed,
    receivedAt: received,
    at: Math.min(observed, received),
    ...(seq === undefined ? {} : { seq }),
    values: values as ValuesByKind[DeviceKind],
  });
}

const told = (error: z.ZodError): string =>
  error.issues
    .slice(0, 3)
    .map((i) => `${i.path.join('.') || 'reading'}: ${i.message}`)
    .join('; ');

/** Readings that are in memory already. */
export class MemoryLog implements ReadingLog {
  /** @param readings in order of arrival (`byArrival`) */
  constructor(private readonly readings: readonly Reading[]) {}

  async *pieces(): AsyncIterable<readonly Reading[]> {
    yield await Promise.resolve(this.readings);
  }

  notes(): readonly string[] {
    return [];
  }
}
