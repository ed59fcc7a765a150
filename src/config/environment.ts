import { resolve } from 'node:path';
import { z } from 'zod';
import { DomainError } from '../kernel/domain-error.js';
import { closestName } from './closest-name.js';
import { fileKeysOf, isSecretKey, readSecretFiles } from './secret-files.js';

const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback);
const path = z
  .string()
  .min(1)
  .transform((value) => resolve(value));
const whole = (fallback: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback);
const url = (...protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    message: `must be a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`,
  });

/**
 * Every key that Steward reads, with its default: the whole configuration of a process, in one place. The docstring of a key
 * is its line in docs/operations.md (`npm run docs:environment`). Every key may also be given as KEY_FILE, the path of a file
 * that holds the value.
 */
export const KEYS = z.object({
  /** Address at which the pages and the API are served. */
  STEWARD_HTTP_HOST: z.string().min(1).default('0.0.0.0'),
  /** Port of the pages and of the API; 0 takes any free one. */
  STEWARD_HTTP_PORT: port(3000),
  /** Address at which devices connect to the embedded broker. */
  STEWARD_MQTT_HOST: z.string().min(1).default('0.0.0.0'),
  /** Port at which devices connect to the embedded broker; 0 takes any free one. */
  STEWARD_MQTT_PORT: port(1883),
  /** Folder of the embedded database, logs and secrets; one copy of Steward at a time. */
  STEWARD_DATA_DIR: path.default(() => resolve('data')),
  /** PostgreSQL of your own; without it the embedded one is started in the data folder. */
  DATABASE_URL: url('postgres:', 'postgresql:').optional(),
  /** Connections of the pool; the embedded server takes 60. */
  STEWARD_DATABASE_CONNECTIONS: whole(16, 4, 50),
  /** YAML file of estates, imported at each start. */
  STEWARD_ESTATE_FILE: path.optional(),
  /** JSON file `{deviceId: token}`: tokens for devices when they are created, in place of random ones. */
  STEWARD_DEVICE_TOKENS_FILE: path.optional(),
  /** The least important lines that are logged. */
  STEWARD_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** A batch of readings closes at this many rows, or after STEWARD_BATCH_MS, whichever comes first. */
  STEWARD_BATCH_ROWS: whole(2000, 1, 20_000),
  /** Milliseconds after which a batch of readings closes. */
  STEWARD_BATCH_MS: whole(10, 0, 1000),
  /** Hours after which a person must log in again. */
  STEWARD_SESSION_HOURS: whole(14 * 24, 1, 365 * 24),
});

/** Read by the scripts and tests, not by the service. */
const ELSEWHERE = [
  'STEWARD_LONG',
  'STEWARD_CHAOS_SEED',
  'STEWARD_CHROMIUM',
  'STEWARD_DEMO_CONFIG',
  'STEWARD_STACK_DIR',
];

export interface Environment {
  http: { host: string; port: number };
  mqtt: { host: string; port: number };
  /** Absolute. */
  dataDir: string;
  database: { url: string | undefined; connections: number };
  estateFile: string | undefined;
  deviceTokensFile: string | undefined;
  log: { level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent' };
  batch: { rows: number; ms: number };
  sessionHours: number;
}

/**
 * The environment as one validated tree.
 * @returns warnings: keys that look like ours and are not, each with the one that was probably meant
 * @throws DomainError `invalid` that names every bad key at once
 */
export function loadEnvironment(env: NodeJS.ProcessEnv): { environment: Environment; warnings: string[] } {
  // An empty value is how a shell or a compose file says "not set".
  const given = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => (entry[1] ?? '').trim() !== ''),
  );
  const { values, mistakes } = readSecretFiles(given, Object.keys(KEYS.shape));
  const parsed = KEYS.safeParse(values);
  for (const issue of parsed.error?.issues ?? []) {
    const key = String(issue.path[0]);
    // What somebody put into a file is not for the log, whatever it is.
    const hidden = isSecretKey(key) || given[key] === undefined;
    mistakes.push(`${key}: ${issue.message}${hidden ? '' : ` (it is ${JSON.stringify(given[key])})`}`);
  }
  if (!parsed.success || mistakes.length > 0) {
    throw new DomainError('invalid', `The configuration is wrong:\n  ${mistakes.join('\n  ')}`, { mistakes });
  }
  const keys = parsed.data;
  return {
    warnings: unknownKeys(Object.keys(given)),
    environment: {
      http: { host: keys.STEWARD_HTTP_HOST, port: keys.STEWARD_HTTP_PORT },
      mqtt: { host: keys.STEWARD_MQTT_HOST, port: keys.STEWARD_MQTT_PORT },
      dataDir: keys.STEWARD_DATA_DIR,
      database: { url: keys.DATABASE_URL, connections: keys.STEWARD_DATABASE_CONNECTIONS },
      estateFile: keys.STEWARD_ESTATE_FILE,
      deviceTokensFile: keys.STEWARD_DEVICE_TOKENS_FILE,
      log: { level: keys.STEWARD_LOG_LEVEL },
      batch: { rows: keys.STEWARD_BATCH_ROWS, ms: keys.STEWARD_BATCH_MS },
      sessionHours: keys.STEWARD_SESSION_HOURS,
    },
  };
}

function unknownKeys(given: string[]): string[] {
  const keys = Object.keys(KEYS.shape);
  const known = [...keys, ...fileKeysOf(keys).keys(), ...ELSEWHERE];
  return given
    .filter((key) => key.startsWith('STEWARD_') && !known.includes(key))
    .map((key) => {
      const meant = closestName(key, known);
      return `${key} is not a setting of Steward${meant ? `; did you mean ${meant}?` : ''}`;
    });
}
