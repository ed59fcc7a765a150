import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { explainText } from '../../detection/replay/explain-report.js';
import type { ReplayResult } from '../../detection/replay/replay-result.js';
import type { DirectoryHolder } from '../../estate/directory-holder.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import type { Database } from '../../platform/database-schema.js';
import type { History } from '../../telemetry/history.port.js';
import { HistoryLog } from './history-log.js';
import { raisedThen } from './raised-alarms.js';
import { chosen, overridesOf } from './replay-place.js';
import { runReplay, type ReplaySpan } from './run-replay.js';

/** What somebody asks to be played. Times are ms since the epoch. */
export interface ReplayWish {
  readonly estate: string;
  /** None = the whole estate. */
  readonly devices: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly warmUpMs: number;
  readonly set: Readonly<Record<string, number>>;
  /** Tell the state path too; for single devices. */
  readonly explain: boolean;
}

export interface ReplayJob {
  readonly id: string;
  readonly wish: ReplayWish;
  readonly by: string;
  readonly askedAt: number;
  state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  readings: number;
  /** 0 to 1. */
  share: number;
  endedAt: number | null;
  error: string | null;
  result: ReplayResult | null;
  explanation: string | null;
}

/** Asked for and not begun yet; more are refused. */
const MAX_WAITING = 10;
/** Results kept for whoever asks later. */
const KEPT = 20;
/** Few at a time: unpacking and sorting must not hold up the readings of now. */
const PIECE_READINGS = 5000;
/** After each slice of some milliseconds the process does something else for as long as this. */
const PAUSE_MS = 4;

/**
 * Replays in the service, one at a time and with the brakes on: emergencies and readings go first. They live in this
 * process: a restart forgets them, they are asked for again.
 */
export class ReplayJobs {
  private readonly log = new Logger(ReplayJobs.name);
  private readonly jobs = new Map<string, ReplayJob>();
  private readonly waiting: ReplayJob[] = [];
  private running: { job: ReplayJob; controller: AbortController; done: Promise<void> } | null = null;
  private stopped = false;

  constructor(
    private readonly db: Kysely<Database>,
    private readonly history: History,
    private readonly directory: DirectoryHolder,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError `invalid` or `not-found` for a wrong wish, `unavailable` when too many wait */
  start(wish: ReplayWish, by: string): ReplayJob {
    overridesOf(wish.set);
    const { devices } = chosen(this.directory.current, wish.estate, wish.devices, null);
    // A device of somebody else's estate does not exist for whoever asks.
    const foreign = devices.find((d) => d.estate !== wish.estate);
    if (foreign) throw new DomainError('not-found', `there is no device "${foreign.id}"`);
    if (this.waiting.length >= MAX_WAITING)
      throw new DomainError('unavailable', `${MAX_WAITING} replays are waiting already; try again later.`);
    const now = this.clock.now();
    const job: ReplayJob = {
      id: newId(now),
      wish,
      by,
      askedAt: now,
      state: 'waiting',
      readings: 0,
      share: 0,
      endedAt: null,
      error: null,
      result: null,
      explanation: null,
    };
    this.jobs.set(job.id, job);
    this.waiting.push(job);
    this.next();
    return job;
  }

  get(id: string): ReplayJob | undefined {
    return this.jobs.get(id);
  }

  /** What is over stays as it is. */
  cancel(job: ReplayJob): void {
    const i = this.waiting.indexOf(job);
    if (i >= 0) {
      this.waiting.splice(i, 1);
      this.end(job, 'cancelled');
    } else if (this.running?.job === job) {
      this.running.controller.abort();
      this.end(job, 'cancelled');
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const job of [...this.waiting]) this.cancel(job);
    const { running } = this;
    if (running) this.cancel(running.job);
    await running?.done;
  }

  private next(): void {
    if (this.running || this.stopped) return;
    const job = this.waiting.shift();
    if (!job) return;
    job.state = 'running';
    const controller = new AbortController();
    const done = this.run(job, controller.signal)
      .catch((e: Error) => {
        if (job.state !== 'running') return;
        this.log.warn(`replay ${job.id} failed: ${e.stack}`);
        job.error = e.message;
        this.end(job, 'failed');
      })
      .finally(() => {
        this.running = null;
        this.next();
      });
    this.running = { job, controller, done };
  }

  private async run(job: ReplayJob, signal: AbortSignal): Promise<void> {
    const { wish } = job;
    const directory = this.directory.current;
    const { devices, wholeEstate } = chosen(directory, wish.estate, wish.devices, null);
    const ids = devices.map((d) => d.id);
    const span: ReplaySpan = { warmUpFrom: wish.from - wish.warmUpMs, from: wish.from, to: wish.to };
    const then = await raisedThen(this.db, wish.estate, wholeEstate ? null : ids, span);
    const result = await runReplay({
      directory,
      devices,
      wholeEstate,
      span,
      overrides: overridesOf(wish.set),
      log: new HistoryLog(this.history, devices, span.warmUpFrom, span.to, PIECE_READINGS),
      was: then.alarms,
      endings: then.endings,
      ...(wish.explain && !wholeEstate ? { explain: ids } : {}),
      signal,
      onProgress: ({ readings, share }) => Object.assign(job, { readings, share }),
      pause: () => sleep(PAUSE_MS),
    });
    if (job.state !== 'running') return;
    const zone = directory.estate(wish.estate)?.timezone ?? 'UTC';
    job.explanation = result.trace ? explainText(result, devices, zone) : null;
    job.result = { ...result, trace: null };
    Object.assign(job, { readings: result.readings, share: 1 });
    this.end(job, 'done');
  }

  private end(job: ReplayJob, state: 'done' | 'failed' | 'cancelled'): void {
    job.state = state;
    job.endedAt = this.clock.now();
    const over = [...this.jobs.values()].filter((j) => j.endedAt !== null);
    for (const old of over.slice(0, Math.max(0, over.length - KEPT))) this.jobs.delete(old.id);
  }
}
