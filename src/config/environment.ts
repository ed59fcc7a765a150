import { join, resolve } from 'node:path';
import { z } from 'zod';
import { DomainError } from '../kernel/domain-error.js';
import { closestName } from './closest-name.js';
import { fileKeysOf, isSecretKey, readSecretFiles } from './secret-files.js';

const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback);
const optionalPort = z.coerce.number().int().min(0).max(65_535).optional();
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
  /** Port for MQTT over TLS; off unless set. */
  STEWARD_MQTT_TLS_PORT: optionalPort,
  /** Port for MQTT over WebSocket; off unless set. */
  STEWARD_MQTT_WS_PORT: optionalPort,
  /** Port for MQTT over WebSocket with TLS; off unless set. */
  STEWARD_MQTT_WSS_PORT: optionalPort,
  /** PEM file of the broker's certificate with its chain; without it one is made in the data folder. */
  STEWARD_MQTT_CERT_FILE: path.optional(),
  /** PEM file of that certificate's key. */
  STEWARD_MQTT_KEY_FILE: path.optional(),
  /** Bytes of one MQTT packet; a longer one ends the connection. */
  STEWARD_MQTT_MAX_PACKET_BYTES: whole(1024 * 1024, 256 * 1024, 16 * 1024 * 1024),
  /** Packets a second of one device in the long run; over it, it is read later. */
  STEWARD_MQTT_MESSAGES_PER_S: whole(500, 1, 100_000),
  /** Connections of devices in all. */
  STEWARD_MQTT_CONNECTIONS: whole(50_000, 1, 1_000_000),
  /** Connections of devices from one address. */
  STEWARD_MQTT_CONNECTIONS_PER_ADDRESS: whole(20_000, 1, 1_000_000),
  /** New connections from one address a second. */
  STEWARD_MQTT_NEW_CONNECTIONS_PER_S: whole(1000, 1, 100_000),
  /** Seconds without a packet after which a device with keepalive 0 is put off. */
  STEWARD_MQTT_IDLE_S: whole(3600, 10, 7 * 24 * 3600),
  /** Folder of the embedded database, logs and secrets; one copy of Steward at a time. */
  STEWARD_DATA_DIR: path.default(() => resolve('data')),
  /** PostgreSQL of your own; without it the embedded one is started in the data folder. */
  DATABASE_URL: url('postgres:', 'postgresql:').optional(),
  /** Connections of the pool; the embedded server takes 100. */
  STEWARD_DATABASE_CONNECTIONS: whole(16, 4, 50),
  /**
   * Where a pooler that hands out connections per transaction (PgBouncer) stands at `DATABASE_URL`: the same database
   * without it. Used for what needs a session of its own: LISTEN, named statements of the bulk, locks of migrations.
   */
  DATABASE_DIRECT_URL: url('postgres:', 'postgresql:').optional(),
  /**
   * The same database as the role that owns the tables (config/postgres/roles.sql). Used at the start for migrations and
   * grants alone; then the role of `DATABASE_URL` needs no right to change tables.
   */
  STEWARD_MIGRATION_DATABASE_URL: url('postgres:', 'postgresql:').optional(),
  /** PEM file of the authority that signed the database's certificate; turns on TLS with full verification. */
  DATABASE_CA_FILE: path.optional(),
  /** Redis for outbound work (`redis://`, with TLS `rediss://`); without it that work is kept in PostgreSQL. */
  REDIS_URL: url('redis:', 'rediss:').optional(),
  /** PEM file of the authority that signed Redis's certificate. */
  REDIS_CA_FILE: path.optional(),
  /** YAML file of estates, imported at each start. */
  STEWARD_ESTATE_FILE: path.optional(),
  /** JSON file `{deviceId: token}`: tokens for devices when they are created, in place of random ones. */
  STEWARD_DEVICE_TOKENS_FILE: path.optional(),
  /** Folder of photos and films; without it `evidence` in the data folder. Several copies of Steward share one. */
  STEWARD_EVIDENCE_DIR: path.optional(),
  /** `true`: whoever adds a photo or film may ask to keep the position in it. Else it is always taken out. */
  STEWARD_EVIDENCE_POSITION: z
    .enum(['true', 'false'])
    .default('false')
    .transform((v) => v === 'true'),
  /** Virus scanner, called with the path of each photo or film (`clamdscan --fdpass`); another end than 0: quarantined. */
  STEWARD_EVIDENCE_SCAN: z.string().min(1).optional(),
  /** The least important lines that are logged. */
  STEWARD_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** A batch of readings closes at this many rows, or after STEWARD_BATCH_MS, whichever comes first. */
  STEWARD_BATCH_ROWS: whole(2000, 1, 20_000),
  /** Milliseconds after which a batch of readings closes. */
  STEWARD_BATCH_MS: whole(10, 0, 1000),
  /**
   * InfluxDB 1.x for the telemetry history: `http(s)://[user:password@]host:port/database`. Without it PostgreSQL keeps
   * the history.
   */
  INFLUX_URL: url('http:', 'https:').optional(),
  /** Days for which PostgreSQL keeps readings. */
  STEWARD_HISTORY_DAYS: whole(400, 1, 36_500),
  /** Days for which InfluxDB keeps readings as they came; 0 = for ever. Five-minute and hourly values stay longer. */
  STEWARD_HISTORY_RAW_DAYS: whole(30, 0, 36_500),
  /** Megabytes of readings that may wait in PostgreSQL for InfluxDB; beyond that the oldest are dropped and counted. */
  STEWARD_HISTORY_OUTBOX_MB: whole(2048, 1, 1_000_000),
  /** Hours after which a person must log in again. */
  STEWARD_SESSION_HOURS: whole(14 * 24, 1, 365 * 24),

  /** Font file with Chinese for reports as PDF (.ttf, .otf, .ttc); without it the system's usual places are looked through. */
  STEWARD_REPORT_FONT: path.optional(),

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

  // ── To the outside ──
  /** Address at which people open Steward (`https://steward.example.com`): for links and receipts in webhooks and mail. */
  STEWARD_PUBLIC_URL: url('http:', 'https:').optional(),
  /** Whether webhooks and push services may stand in the company's own network (private and loopback addresses). */
  STEWARD_OUTBOUND_PRIVATE: z.enum(['true', 'false']).default('false'),
  /** PEM file of authorities that are trusted for addresses outside, besides those that Node knows. */
  STEWARD_OUTBOUND_CA_FILE: path.optional(),
  /** Mail server for pages: `smtp://user:password@host:587` or `smtps://…:465`; without it no mail is sent. */
  STEWARD_SMTP_URL: url('smtp:', 'smtps:').optional(),
  /** Sender of that mail. */
  STEWARD_SMTP_FROM: z.email().default('steward@localhost.localdomain'),
  /** Whom a push service may write to about this service: `mailto:` or `https:`; without it the public address. */
  STEWARD_PUSH_CONTACT: url('mailto:', 'https:').optional(),
  /**
   * Asked for every minute (a GET) while intake, database and deadlines work, of a service outside that rings somebody when
   * it is not asked any more (Healthchecks, Uptime Kuma). Whoever knows it may say that all is well: so it is a secret.
   */
  STEWARD_HEARTBEAT_URL: url('http:', 'https:').optional(),
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
  mqtt: {
    host: string;
    port: number;
    tlsPort: number | undefined;
    wsPort: number | undefined;
    wssPort: number | undefined;
    certFile: string | undefined;
    keyFile: string | undefined;
    limits: {
      packetBytes: number;
      messagesPerSecond: number;
      connections: number;
      connectionsPerAddress: number;
      newConnectionsPerSecond: number;
      idleMs: number;
    };
  };
  externalBroker: {
    /** Undefined: the embedded broker. Holds a password: not for logs. */
    url: string | undefined;
    caFile: string | undefined;
    clientId: string;
    credentials: 'dynamic-security' | 'none';
  };
  /** 32 bytes as base64 or hex. */
  secretKey: string | undefined;
  /** Absolute. */
  dataDir: string;
  database: {
    url: string | undefined;
    /** Around a pooler; else the same as `url`. */
    directUrl: string | undefined;
    /** As the owner of the tables. */
    migrationUrl: string | undefined;
    caFile: string | undefined;
    connections: number;
  };
  redis: { url: string | undefined; caFile: string | undefined };
  estateFile: string | undefined;
  deviceTokensFile: string | undefined;
  evidence: { folder: string; mayKeepPosition: boolean; scan: string | undefined };
  log: { level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent' };
  batch: { rows: number; ms: number };
  history: { influxUrl: string | undefined; days: number; rawDays: number; outboxMb: number };
  sessionHours: number;
  outside: {
    /** Without a slash at the end. */
    publicUrl: string | null;
    allowPrivate: boolean;
    caFile: string | undefined;
    /** Holds a password: not for logs. */
    smtpUrl: string | undefined;
    smtpFrom: string;
    pushContact: string | undefined;
    heartbeatUrl: string | undefined;
  };
  /** Absolute. */
  reportFont: string | undefined;
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
  if ((keys.STEWARD_MQTT_CERT_FILE === undefined) !== (keys.STEWARD_MQTT_KEY_FILE === undefined)) {
    const mistakes = ['STEWARD_MQTT_CERT_FILE, STEWARD_MQTT_KEY_FILE: set both, or neither'];
    throw new DomainError('invalid', `The configuration is wrong:\n  ${mistakes.join('\n  ')}`, { mistakes });
  }
  return {
    warnings: unknownKeys(Object.keys(given)),
    environment: {
      http: { host: keys.STEWARD_HTTP_HOST, port: keys.STEWARD_HTTP_PORT },
      mqtt: {
        host: keys.STEWARD_MQTT_HOST,
        port: keys.STEWARD_MQTT_PORT,
        tlsPort: keys.STEWARD_MQTT_TLS_PORT,
        wsPort: keys.STEWARD_MQTT_WS_PORT,
        wssPort: keys.STEWARD_MQTT_WSS_PORT,
        certFile: keys.STEWARD_MQTT_CERT_FILE,
        keyFile: keys.STEWARD_MQTT_KEY_FILE,
        limits: {
          packetBytes: keys.STEWARD_MQTT_MAX_PACKET_BYTES,
          messagesPerSecond: keys.STEWARD_MQTT_MESSAGES_PER_S,
          connections: keys.STEWARD_MQTT_CONNECTIONS,
          connectionsPerAddress: keys.STEWARD_MQTT_CONNECTIONS_PER_ADDRESS,
          newConnectionsPerSecond: keys.STEWARD_MQTT_NEW_CONNECTIONS_PER_S,
          idleMs: keys.STEWARD_MQTT_IDLE_S * 1000,
        },
      },
      externalBroker: {
        url: keys.MQTT_URL,
        caFile: keys.MQTT_CA_FILE,
        clientId: keys.STEWARD_MQTT_CLIENT_ID,
        credentials: keys.STEWARD_MQTT_CREDENTIALS,
      },
      secretKey: keys.STEWARD_SECRET_KEY,
      dataDir: keys.STEWARD_DATA_DIR,
      database: {
        url: keys.DATABASE_URL,
        directUrl: keys.DATABASE_DIRECT_URL,
        migrationUrl: keys.STEWARD_MIGRATION_DATABASE_URL,
        caFile: keys.DATABASE_CA_FILE,
        connections: keys.STEWARD_DATABASE_CONNECTIONS,
      },
      redis: { url: keys.REDIS_URL, caFile: keys.REDIS_CA_FILE },
      estateFile: keys.STEWARD_ESTATE_FILE,
      deviceTokensFile: keys.STEWARD_DEVICE_TOKENS_FILE,
      evidence: {
        folder: keys.STEWARD_EVIDENCE_DIR ?? join(keys.STEWARD_DATA_DIR, 'evidence'),
        mayKeepPosition: keys.STEWARD_EVIDENCE_POSITION,
        scan: keys.STEWARD_EVIDENCE_SCAN,
      },
      log: { level: keys.STEWARD_LOG_LEVEL },
      batch: { rows: keys.STEWARD_BATCH_ROWS, ms: keys.STEWARD_BATCH_MS },
      history: {
        influxUrl: keys.INFLUX_URL,
        days: keys.STEWARD_HISTORY_DAYS,
        rawDays: keys.STEWARD_HISTORY_RAW_DAYS,
        outboxMb: keys.STEWARD_HISTORY_OUTBOX_MB,
      },
      sessionHours: keys.STEWARD_SESSION_HOURS,
      outside: {
        publicUrl: keys.STEWARD_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
        allowPrivate: keys.STEWARD_OUTBOUND_PRIVATE === 'true',
        caFile: keys.STEWARD_OUTBOUND_CA_FILE,
        smtpUrl: keys.STEWARD_SMTP_URL,
        smtpFrom: keys.STEWARD_SMTP_FROM,
        pushContact: keys.STEWARD_PUSH_CONTACT,
        heartbeatUrl: keys.STEWARD_HEARTBEAT_URL,
      },
      reportFont: keys.STEWARD_REPORT_FONT,
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
