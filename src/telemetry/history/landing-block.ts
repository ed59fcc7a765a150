import type { NumberedReading, StoredReading } from '../history.port.js';

/** A reading as the landing table holds it. */
export interface LandedReading extends StoredReading {
  /** Number of its device. */
  readonly no: number;
}

/** JSON has no unescaped control character, so this one separates readings that are sent as one text. */
const SEPARATOR = '\u001e';

/** `$1` … `$5` as {@link landingParameters} gives them; as a part of a longer statement. No reading, no row. */
export const INSERT_LANDING = `insert into reading_landing (first_at, last_at, count, device_nos, payload)
    select $1::bigint, $2::bigint, $3::int, $4::int[], $5::text where $3::int > 0`;

/**
 * The readings of one commit as one row. This runs for every reading: text is put together here and compressed by the
 * database, which costs the service least.
 */
export function landingParameters(readings: readonly NumberedReading[]): string[] {
  let first = Infinity;
  let last = -Infinity;
  let nos = '{';
  let payload = '';
  for (let i = 0; i < readings.length; i++) {
    const { no, reading } = readings[i] as NumberedReading;
    const { at } = reading;
    if (at < first) first = at;
    if (at > last) last = at;
    nos += i === 0 ? no : `,${no}`;
    const times = `${no} ${at} ${reading.observedAt - at} ${reading.receivedAt - at} ${reading.seq ?? ''}`;
    payload += `${i === 0 ? '' : SEPARATOR}${times} ${JSON.stringify(reading.values)}`;
  }
  if (readings.length === 0) return ['0', '0', '0', '{}', ''];
  return [String(first), String(last), String(readings.length), `${nos}}`, payload];
}

/** The readings of one landing row. @param only those of this device @throws Error when the row is not one of ours */
export function landedReadings(payload: string, only?: number): LandedReading[] {
  const found: LandedReading[] = [];
  const prefix = only === undefined ? '' : `${only} `;
  for (const line of payload.split(SEPARATOR)) {
    if (!line.startsWith(prefix)) continue;
    const json = line.indexOf('{');
    const [no, at, observed, received, seq] = line.slice(0, json).split(' ');
    const placedAt = Number(at);
    found.push({
      no: Number(no),
      observedAt: placedAt + Number(observed),
      receivedAt: placedAt + Number(received),
      at: placedAt,
      ...(seq === '' ? {} : { seq: Number(seq) }),
      values: JSON.parse(line.slice(json)) as Record<string, unknown>,
    });
  }
  return found;
}

/** By time, then by number, those without one last; what was stored first comes first. */
export const inOrder = (a: StoredReading, b: StoredReading): number =>
  a.at - b.at || (a.seq ?? Infinity) - (b.seq ?? Infinity) || 0;

/** Same text for the same reading, whatever the order of its keys; what it was received at does not count. */
export const identity = (r: StoredReading): string => `${r.at} ${r.seq ?? ''} ${canonical(r.values)}`;

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join(',')}}`;
}
