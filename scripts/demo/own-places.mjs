// On servers that are shared, a demo keeps to places of its own: one database, one Redis number and one InfluxDB database a
// data folder. So an empty data folder is a fresh start there too, and several demos do not see each other's alarms.
import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Redis has 16 numbers unless it is told otherwise; 0 is left to others. */
const REDIS_NUMBERS = 15;
const NO_RIGHT = '42501';

const withPath = (url, path) => Object.assign(new URL(url), { pathname: `/${path}` }).href;

/** The address alone, as devices are given it: the name and password in it are Steward's own. */
export function withoutLogin(url) {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

/**
 * @param env settings; `folder` a prepared data folder; `say` tells a person
 * @returns the settings that are different for this demo
 */
export async function ownPlaces(env, folder, say) {
  const databases = Object.keys(env).filter((key) => /DATABASE.*_URL$/.test(key) && env[key]);
  if (!databases.length && !env.REDIS_URL && !env.INFLUX_URL && !env.MQTT_URL) return {};
  const file = join(folder, 'demo', 'places.json');
  let places = await readFile(file, 'utf8').then(JSON.parse, () => null);
  const fresh = places === null;
  if (fresh) {
    const name = `demo_${randomBytes(5).toString('hex')}`;
    places = { name, redis: env.REDIS_URL ? await emptyRedisNumber(env.REDIS_URL, name) : null };
  }
  const own = {};
  if (databases.length) {
    if (await createDatabase(env.STEWARD_MIGRATION_DATABASE_URL || env.DATABASE_URL, places.name)) {
      for (const key of databases) own[key] = withPath(env[key], places.name);
    } else say('this database role may not create databases: using the one given, with whatever it holds');
  }
  if (env.REDIS_URL && places.redis !== null) own.REDIS_URL = withPath(env.REDIS_URL, places.redis);
  if (env.INFLUX_URL) own.INFLUX_URL = withPath(env.INFLUX_URL, places.name);
  if (env.MQTT_URL && fresh) await forgetSession(env.MQTT_URL, env.STEWARD_MQTT_CLIENT_ID || 'steward');
  await writeFile(`${file}.tmp`, JSON.stringify(places), { mode: 0o600 });
  await rename(`${file}.tmp`, file);
  return own;
}

/** @returns false when the role may not */
async function createDatabase(url, name) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { rows } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rows.length === 0) await client.query(`create database ${name}`);
    return true;
  } catch (error) {
    if (error.code === NO_RIGHT) return false;
    throw error;
  } finally {
    await client.end();
  }
}

/** Takes one with a key, so that the next demo passes it over. @returns null when the server has no numbers to choose from */
async function emptyRedisNumber(url, name) {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1, retryStrategy: () => null });
  redis.on('error', () => undefined); // the calls below tell
  try {
    await redis.connect();
    for (let number = 1; number <= REDIS_NUMBERS; number++) {
      await redis.select(number);
      if ((await redis.dbsize()) === 0 && (await redis.set('steward-demo', name, 'NX'))) return number;
    }
    return 1 + (randomBytes(1)[0] % REDIS_NUMBERS);
  } catch {
    return null; // away, or a cluster: work queues do without, or share
  } finally {
    redis.disconnect();
  }
}

/** What an earlier demo left unread at the broker is not for this one. */
async function forgetSession(url, clientId) {
  const { connectAsync } = await import('mqtt');
  const client = await connectAsync(url, { clientId, clean: true, reconnectPeriod: 0, connectTimeout: 5000 });
  await client.endAsync();
}
