import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, ServerProcess } from './server-process.mjs';

/**
 * InfluxDB 1.x with a write-ahead log that is synced at each write. Without users: it listens on loopback alone.
 * @returns a ServerProcess with `url` (names the database `steward`), started
 */
export async function startInflux({ folder, port } = {}) {
  const at = port ?? (await freePort());
  const rpc = await freePort(new Set([at]));
  const config = join(folder, 'influxdb.conf');
  for (const name of ['meta', 'data', 'wal']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(
    config,
    `reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
  dir = "${join(folder, 'meta')}"
  logging-enabled = false
[data]
  dir = "${join(folder, 'data')}"
  wal-dir = "${join(folder, 'wal')}"
  wal-fsync-delay = "0s"
  index-version = "inmem"
  query-log-enabled = false
  max-series-per-database = 0
  max-values-per-tag = 0
[coordinator]
  log-queries-after = "0s"
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:${at}"
  log-enabled = false
  flux-enabled = false
[continuous_queries]
  log-enabled = false
  run-interval = "1s"
`,
  );
  const server = new ServerProcess({
    name: 'influxd',
    log: join(folder, 'influx.log'),
    command: () => ({ file: 'influxd', args: ['-config', config] }),
    ready: async () =>
      (await fetch(`http://127.0.0.1:${at}/ping`, { signal: AbortSignal.timeout(1000) })).status === 204,
  });
  await server.start();
  return Object.assign(server, { url: `http://127.0.0.1:${at}/steward`, port: at });
}
