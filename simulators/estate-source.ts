import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { EstateFile } from '../src/estate/estate-file.js';
import { readEstateFile } from '../src/estate/read-estate-file.js';

const TokensSchema = z.record(z.string(), z.string().min(1));

/** The estate out of its YAML file. Throws one readable error that names every mistake. */
export async function loadEstateFile(file: string): Promise<EstateFile> {
  const read = readEstateFile(await readFile(file, 'utf8'));
  if (read.ok) return read.value;
  throw new Error(`${file} has mistakes:\n${read.error.map((m) => `  line ${m.line}: ${m.message}`).join('\n')}`);
}

/** Device tokens: a JSON file `{"device-id": "token"}`. */
export async function loadTokens(file: string): Promise<ReadonlyMap<string, string>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new Error(`cannot read the device tokens in ${file}: ${(error as Error).message}`);
  }
  const tokens = TokensSchema.safeParse(parsed);
  if (!tokens.success) throw new Error(`${file} must be a JSON object of device id and token`);
  return new Map(Object.entries(tokens.data));
}

/** Hours that a time zone is ahead of UTC now. */
export function utcOffsetHours(timezone: string, now: number): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' }).formatToParts(now);
  const m = /GMT([+-]\d{2}):(\d{2})/.exec(parts.find((p) => p.type === 'timeZoneName')?.value ?? '');
  if (!m) return 0;
  const hours = Number(m[1]);
  return hours + (Math.sign(hours) * Number(m[2])) / 60;
}
