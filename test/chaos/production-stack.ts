import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startInflux } from '../../scripts/servers/influx.mjs';
import { startMosquitto } from '../../scripts/servers/mosquitto.mjs';
import { startRedis } from '../../scripts/servers/redis.mjs';
import type { StartedServer } from '../../scripts/servers/server-process.mjs';
import { openDataFolder, type DataFolder } from '../../src/platform/data-folder.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/platform/embedded-postgres.js';
import { postgresProcessesIn } from '../../src/platform/process-table.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import type { ChaosEstate } from './chaos-estate.js';
import { killIfThere, ServiceProcess, type UpTime } from './service-process.js';

export const PARTS = ['redis', 'influx', 'mosquitto', 'postgres', 'service'] as const;
export type Part = (typeof PARTS)[number];
export type Server = Exclude<Part, 'service'>;

/** A stretch of time in which a part was away or silent, ms since the epoch. */
export interface Loss {
  readonly part: Part;
  readonly how: 'killed' | 'silent';
  readonly from: number;
  readonly to: number;
}

const READY_LIMIT_MS = 60_000;

/**
 * The production profile on one machine: the service, and behind a proxy each the four servers that it speaks to. Devices
 * reach the broker directly, so that only Steward's own way to it is cut when that falls silent.
 */
export class ProductionStack {
  readonly losses: Loss[] = [];
  readonly service: ServiceProcess;

  private constructor(
    private readonly folder: string,
    private readonly data: DataFolder,
    private readonly postgres: EmbeddedPostgres,
    private readonly servers: Record<Exclude<Server, 'postgres'>, StartedServer>,
    private readonly proxies: Record<Server, TcpProxy>,
    service: ServiceProcess,
  ) {
    this.service = service;
  }

  static async start(estate: ChaosEstate): Promise<ProductionStack> {
    const folder = await mkdtemp(join(tmpdir(), 'steward-production-'));
    const data = await openDataFolder(join(folder, 'postgres-data'));
    const postgres = await startEmbeddedPostgres(data);
    const place = async (name: string) => mkdtemp(join(folder, `${name}-`));
    const redis = await startRedis({ folder: await place('redis') });
    const influx = await startInflux({ folder: await place('influx') });
    const mosquitto = await startMosquitto({ folder: await place('mosquitto') });
    const proxies = {
      redis: await TcpProxy.before(redis.port),
      influx: await TcpProxy.before(influx.port),
      mosquitto: await TcpProxy.before(mosquitto.port),
      postgres: await TcpProxy.before(postgres.port),
    };
    const service = await ServiceProcess.prepare({ yaml: estate.yaml }, estate.tokens, {
      DATABASE_URL: through(proxies.postgres, postgres.url),
      REDIS_URL: through(proxies.redis, redis.url),
      INFLUX_URL: through(proxies.influx, influx.url),
      MQTT_URL: through(proxies.mosquitto, mosquitto.url),
    });
    const stack = new ProductionStack(folder, data, postgres, { redis, influx, mosquitto }, proxies, service);
    await service.start();
    return stack;
  }

  /** Where devices log in. */
  get broker(): string {
    return `mqtt://127.0.0.1:${this.servers.mosquitto.port}`;
  }

  get databaseUrl(): string {
    return this.postgres.url;
  }

  get influxUrl(): string {
    return this.servers.influx.url;
  }

  /** kill -9 and start again; Redis comes back empty. */
  async killAndRestart(part: Part, awayMs: number): Promise<void> {
    const from = Date.now();
    if (part === 'service') {
      await this.service.killServiceOnly();
      await sleep(awayMs);
      await this.service.start();
    } else if (part === 'postgres') {
      // Its starter notices and starts it again on the same port.
      const cluster = this.data.file('postgres');
      const pids = postgresProcessesIn(cluster).map((p) => p.pid);
      for (const pid of pids) killIfThere(pid);
      while (!postgresProcessesIn(cluster).some((p) => !pids.includes(p.pid))) await sleep(20);
    } else {
      await this.servers[part].stop('SIGKILL');
      await sleep(awayMs);
      await this.servers[part].start();
    }
    await this.ready();
    this.losses.push({ part, how: 'killed', from, to: Date.now() });
  }

  /** Nothing passes between Steward and this server for a while; connections stay open. */
  async silence(part: Server, ms: number): Promise<void> {
    const from = Date.now();
    this.proxies[part].silence();
    await sleep(ms);
    this.proxies[part].resume();
    await this.ready();
    this.losses.push({ part, how: 'silent', from, to: Date.now() });
  }

  /** Stretches in which service and database were both there: when a deadline could be served. */
  upTimes(began: number): UpTime[] {
    const away = this.losses.filter((l) => l.part === 'service' || l.part === 'postgres');
    const up: UpTime[] = [];
    let from = began;
    for (const loss of away) {
      up.push({ from, to: loss.from });
      from = loss.to;
    }
    up.push({ from, to: null });
    return up;
  }

  async remove(): Promise<void> {
    await this.service.remove();
    for (const proxy of Object.values(this.proxies)) await proxy.close();
    for (const server of Object.values(this.servers)) await server.stop('SIGKILL');
    await this.postgres.stop();
    await this.data.release();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async ready(): Promise<void> {
    const end = Date.now() + READY_LIMIT_MS;
    for (;;) {
      const reply = await fetch(`${this.service.http}/readyz`, { signal: AbortSignal.timeout(2000) }).catch(() => null);
      await reply?.arrayBuffer().catch(() => undefined);
      if (reply?.status === 200) return;
      if (Date.now() > end) throw new Error(`not ready again within ${READY_LIMIT_MS / 1000} s`);
      await sleep(50);
    }
  }
}

function through(proxy: TcpProxy, url: string): string {
  const changed = new URL(url);
  changed.port = String(proxy.port);
  return changed.href;
}
