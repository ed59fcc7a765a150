import { InfluxDB } from 'influx';
import { DomainError } from '../../kernel/domain-error.js';

/** InfluxDB 1.x at a URL that names its database. */
export interface InfluxConnection {
  readonly client: InfluxDB;
  readonly database: string;
}

/** The client leaves a host that failed alone for a while; when to try again is ours to decide. */
const NO_PAUSE = {
  getDelay: () => 0,
  next: () => NO_PAUSE,
  reset: () => NO_PAUSE,
};

/**
 * @param url http(s)://[user:password@]host:port/database
 * @param timeoutMs silence after which a request has failed
 * @throws DomainError `invalid`
 */
export function connectInflux(url: string, timeoutMs: number): InfluxConnection {
  const { protocol, hostname, port, username, password, pathname } = new URL(url);
  const database = decodeURIComponent(pathname.slice(1));
  if (!/^[\w.-]+$/.test(database))
    throw new DomainError('invalid', 'INFLUX_URL: must name the database as its path, e.g. http://host:8086/steward');
  const client = new InfluxDB({
    hosts: [
      {
        host: hostname,
        port: port ? Number(port) : protocol === 'https:' ? 443 : 8086,
        protocol: protocol === 'https:' ? 'https' : 'http',
      },
    ],
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database,
    pool: { maxRetries: 0, requestTimeout: timeoutMs, backoff: NO_PAUSE },
  });
  return { client, database };
}

/** The request's answer, or an error when it takes longer in all. The client's own limit is one of silence. */
export async function within<T>(ms: number, request: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`InfluxDB did not answer within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([request, late]);
  } finally {
    clearTimeout(timer);
    request.catch(() => undefined);
  }
}
