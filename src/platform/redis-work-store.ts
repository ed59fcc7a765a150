import { Logger } from '@nestjs/common';
import { Queue, Worker, type Processor } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import { readFileSync } from 'node:fs';
import type { Work, WorkStore } from './work-store.js';

/** Whoever asks Redis something hears within this time, or that it does not answer. Milliseconds. */
const ANSWER_MS = 3000;
const CONNECT_MS = 5000;
/** How often, and for how long, the workers' connection is asked whether it lives. It waits for ever by itself. */
const WATCH_MS = 10_000;
const LONGEST_BACK_OFF_MS = 2000;

/** Knows its twins: BullMQ makes one for each worker's blocking wait, and one that never connected would not be ended. */
class RedisWithTwins extends Redis {
  private readonly twins: Redis[] = [];

  override duplicate(override?: Partial<RedisOptions>): Redis {
    const twin = super.duplicate(override);
    this.twins.push(twin);
    return twin;
  }

  endAll(): void {
    for (const redis of [this, ...this.twins]) redis.disconnect();
  }
}

/**
 * BullMQ on Redis through ioredis. Two connections, because they must fail in opposite ways: who adds work hears at once
 * that Redis is away (the outbox keeps it), who waits for work goes on waiting until it is back.
 */
export class RedisWorkStore implements WorkStore {
  readonly name = 'Redis';
  readonly waitsAtStart = false;
  private readonly log = new Logger(RedisWorkStore.name);
  private readonly asking: Redis;
  private readonly waiting: RedisWithTwins;
  private readonly watchdog: NodeJS.Timeout;
  private readonly listeners: (() => void)[] = [];
  private asksWaiting = false;
  private state: 'unknown' | 'there' | 'away' | 'closed' = 'unknown';

  /**
   * @param url `redis://` or `rediss://`
   * @param caFile certificates (PEM) that sign the server's; else those that Node knows
   */
  constructor(url: string, caFile?: string) {
    const common: RedisOptions = {
      connectTimeout: CONNECT_MS,
      keepAlive: 10_000,
      retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), LONGEST_BACK_OFF_MS),
      // After a fail-over the old primary answers, as a replica that takes no writes: look for the new one.
      reconnectOnError: (e) => e.message.startsWith('READONLY'),
      ...(caFile ? { tls: { ca: readFileSync(caFile) } } : {}),
    };
    this.asking = new Redis(url, {
      ...common,
      commandTimeout: ANSWER_MS,
      maxRetriesPerRequest: 1,
      enableOfflineQueue: false,
      connectionName: 'steward-queue',
    });
    this.waiting = new RedisWithTwins(url, {
      ...common,
      maxRetriesPerRequest: null,
      connectionName: 'steward-worker',
    });
    this.watch(this.asking);
    // Its troubles are the same ones, told once.
    this.waiting.on('error', () => undefined);
    this.watchdog = setInterval(() => void this.watchWaiting(), WATCH_MS);
  }

  queue(name: string): Queue<Work> {
    return new Queue<Work>(name, { connection: this.asking });
  }

  worker(name: string, work: Processor<Work>, concurrency: number): Worker<Work> {
    return new Worker<Work>(name, work, { connection: this.waiting, concurrency });
  }

  ping(): Promise<unknown> {
    return this.asking.ping();
  }

  onBack(listener: () => void): void {
    this.listeners.push(listener);
  }

  close(): Promise<void> {
    // Nothing is under way any more, and a Redis that is away must not hold the stop.
    this.state = 'closed';
    clearInterval(this.watchdog);
    this.asking.disconnect();
    this.waiting.endAll();
    return Promise.resolve();
  }

  private watch(redis: Redis): void {
    redis.on('ready', () => {
      const wasAway = this.state === 'away';
      this.state = 'there';
      if (!wasAway) return;
      this.log.warn('Redis is back; open work is handed to it again');
      for (const l of this.listeners) l();
    });
    redis.on('error', (e) => this.lost(e.message));
    redis.on('close', () => this.lost('the connection has ended'));
  }

  /** A line that died without a word (BullMQ watches its blocking one itself): made anew, what was asked is asked again. */
  private async watchWaiting(): Promise<void> {
    if (this.waiting.status !== 'ready' || this.asksWaiting) return;
    this.asksWaiting = true;
    const dead = setTimeout(() => {
      if (this.state !== 'closed') this.waiting.disconnect(true);
    }, WATCH_MS);
    await this.waiting.ping().catch(() => undefined);
    clearTimeout(dead);
    this.asksWaiting = false;
  }

  private lost(why: string): void {
    if (this.state === 'away' || this.state === 'closed') return;
    this.state = 'away';
    this.log.warn(`Redis is away (${why}): work waits in the database, pages go out without it`);
  }
}
