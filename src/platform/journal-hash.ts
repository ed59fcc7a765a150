import { createHash } from 'node:crypto';

export interface JournalRecord {
  readonly estate_id: string;
  readonly no: number;
  readonly at: Date;
  readonly kind: string;
  readonly actor: string | null;
  readonly ticket_id: string | null;
  readonly alarm_id: string | null;
  readonly device_id: string | null;
  readonly payload: Record<string, unknown>;
}

/** JSON with sorted keys: the same bytes whatever order a database hands keys back in. `undefined` is left out. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((v) => canonicalJson(v ?? null)).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, v]) => v !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

/** SHA-256 over the previous line's hash and this line: a changed, dropped or reordered line breaks the chain. */
export function journalHash(previous: Buffer, line: JournalRecord): Buffer {
  return createHash('sha256')
    .update(previous)
    .update(canonicalJson({ ...line, at: line.at.toISOString() }))
    .digest();
}
