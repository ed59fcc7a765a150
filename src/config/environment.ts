import { resolve } from 'node:path';
import { z } from 'zod';
import { DomainError } from '../kernel/domain-error.js';
import { closestName } from './closest-name.js';

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

/** Every key that Steward reads, with its default: the whole configuration of a process, in one place. */
const KEYS = z.object({
  /** Address and port of the pages and of the API; port 0 takes any free one. */
  STEWARD_HTTP_HOST: z.string().min(1).default('0.0.0.0'),
  STEWARD_HTTP_PORT: port(3000),
  /** Address and port at which devices connect. */
  STEWARD_MQTT_HOST: z.string().min(1).default('0.0.0.0'),
  STEWARD_MQTT_PORT: port(1883),
  /** Folder of the embedded database, logs and secrets. */
  STEWARD_DATA_DIR: path.default(() => resolve('data')),
  /** PostgreSQL of your own; without it the embedded one is started in the data folder. */
  DATABASE_URL: url('postgres:', 'postgresql:').optional(),
  /** Connections of the pool; the embedded server takes 60. */
  STEWARD_DATABASE_CONNECTIONS: whole(16, 4, 50),
  /** YAML file of estates, imported at each start. */
  STEWARD_ESTATE_FILE: path.optional(),
  /** JSON file `{deviceId: token}`: tokens for devices when they are created, in place of random ones. */
  STEWARD_DEVICE_TOKENS_FILE: path.optional(),
  STEWARD_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** A batch of readings closes at this many rows or after this many milliseconds, whichever comes first. */
  STEWARD_BATCH_ROWS: whole(2000, 1, 20_000),
  STEWARD_BATCH_MS: whole(10, 0, 1000),
  /** Hours after which a person must log in again. */
  STEWARD_SESSION_HOURS: whole(14 * 24, 1, 365 * 24),

  // ── A broker of your own ──
  /** MQTT broker of your own (Mosquitto, EMQX) with Steward's user and password; without it devices connect to Steward. */
  MQTT_URL: url('mqtt:', 'mqtts:').optional(),
  /** PEM file of the authority that signed the broker's certificate; without it those that Node knows. */
  MQTT_CA_FILE: path.optional(),
  /** Steward's client id at the broker. The broker keeps its session, and what comes while it is away, under this name. */
  STEWARD_MQTT_CLIENT_ID: z
    .string()
    .regex(/^[\w.-]{1,64}$/, 'must be letters, digits, dots and hyphens')
    .default('steward'),
  /** Who writes devices' logins into the broker: Steward, into Mosquitto's dynamic-security plugin, or nobody. */
  STEWARD_MQTT_CREDENTIALS: z.enum(['dynamic-security', 'none']).default('dynamic-security'),
  /** 32 bytes, base64 or hex: seals device tokens at rest. Without it one is made in the data folder. */
  STEWARD_SECRET_KEY: z.string().min(1).optional(),
  /** File that holds that key instead, for secrets that are mounted. */
  STEWARD_SECRET_KEY_FILE: path.optional(),
});

/** Read by the scripts and tests, not by the service. */
const ELSEWHERE = ['STEWARD_LONG', 'STEWARD_CHAOS_SEED', 'STEWARD_CHROMIUM', 'STEWARD_DEMO_CONFIG'];

export interface Environment {
  http: { host: string; port: number };
  mqtt: { host: string; port: number };
  externalBroker: {
    /** Undefined: the embedded broker. Holds a password: not for logs. */
    url: string | undefined;
    caFile: string | undefined;
    clientId: string;
    credentials: 'dynamic-security' | 'none';
  };
  secretKey: { key: string | undefined; file: string | undefined };
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
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const parsed = KEYS.safeParse(given);
  if (!parsed.success) {
    const mistakes = parsed.error.issues.map((issue) => {
      const key = String(issue.path[0]);
      // A connection string holds a password, a key is one.
      const shown =
        key.endsWith('_URL') || key === 'STEWARD_SECRET_KEY' ? '' : ` (it is ${JSON.stringify(given[key])})`;
      return `${key}: ${issue.message}${shown}`;
    });
    throw new DomainError('invalid', `The configuration is wrong:\n  ${mistakes.join('\n  ')}`, { mistakes });
  }
  const keys = parsed.data;
  return {
    warnings: unknownKeys(Object.keys(given)),
    environment: {
      http: { host: keys.STEWARD_HTTP_HOST, port: keys.STEWARD_HTTP_PORT },
      mqtt: { host: keys.STEWARD_MQTT_HOST, port: keys.STEWARD_MQTT_PORT },
      externalBroker: {
        url: keys.MQTT_URL,
        caFile: keys.MQTT_CA_FILE,
        clientId: keys.STEWARD_MQTT_CLIENT_ID,
        credentials: keys.STEWARD_MQTT_CREDENTIALS,
      },
      secretKey: { key: keys.STEWARD_SECRET_KEY, file: keys.STEWARD_SECRET_KEY_FILE },
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
  const known = [...Object.keys(KEYS.shape), ...ELSEWHERE];
  return given
    .filter((key) => key.startsWith('STEWARD_') && !known.includes(key))
    .map((key) => {
      const meant = closestName(key, known);
      return `${key} is not a setting of Steward${meant ? `; did you mean ${meant}?` : ''}`;
    });
}
