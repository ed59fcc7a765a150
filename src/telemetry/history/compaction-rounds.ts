import type pg from 'pg';
import { createPool } from '../../platform/database.js';
import { Compactor } from './compactor.js';
import type { HistoryKeeper } from './history-keeper.js';
import { landingFill } from './landing-fill.js';
import { Pace } from './pace.js';
import type { RightOfWay } from './right-of-way.js';

export interface CompactionOptions {
  readonly databaseUrl: string;
  /** Days for which readings are kept. */
  readonly keepDays: number;
  /** Steady ms. */
  readonly now: () => number;
  /** Whom it gives way to; missing = nobody. */
  readonly way?: RightOfWay;
  readonly onFailed: (error: Error) => void;
  readonly onRecovered: () => void;
}

const EVERY_MS = 2000;
/** Blocks of many readings are small for each of them: what has landed waits until it is worth it, or so long. */
const ENOUGH_READINGS = 50_000;
const LONGEST_MS = 20_000;
/** More than this has landed: it is packed without rest. */
const TOO_MANY_READINGS = 4 * ENOUGH_READINGS;
const MERGE_EVERY_MS = 30_000;
/** Merging can wait, what lands can't: it goes on in the next round. */
const MERGES_A_ROUND = 8;
const DROP_EVERY_MS = 3_600_000;
/** Readings after whose move the space that they leave is made usable again. */
const VACUUM_AFTER = 100_000;
const DAY_MS = 86_400_000;

/** The compactor's days: when it takes which step. Small ones, so that it is never long in anybody's way. */
export class CompactionRounds implements HistoryKeeper {
  readonly compactor: Compactor;
  private readonly pool: pg.Pool;
  private timer: NodeJS.Timeout | null = null;
  private round: Promise<void> = Promise.resolve();
  private stopped = false;
  private oldAreGone = false;
  private readonly pace: Pace;
  private mergedAt = -Infinity;
  private merging = false;
  private droppedAt = -Infinity;
  private unvacuumed = { landing: 0, blocks: 0 };

  constructor(private readonly options: CompactionOptions) {
    this.pool = createPool({ url: options.databaseUrl, name: 'history', max: 1 });
    this.pace = new Pace(false, options.way);
    this.compactor = new Compactor(this.pool, options.now, this.pace);
  }

  start(): Promise<void> {
    this.wait(EVERY_MS);
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.pace.hurries = true;
    if (this.timer) clearTimeout(this.timer);
    await this.round;
    await this.pool.end();
  }

  /** Everything that has landed is in blocks, and these are merged as far as their times allow. */
  async all(): Promise<void> {
    this.pace.hurries = true;
    await this.oldRows();
    while ((await this.compactor.land()) > 0);
    await this.merge(Infinity);
    await this.pool.query('vacuum reading_landing');
    await this.pool.query('vacuum reading_block');
  }

  private wait(ms: number): void {
    this.timer = setTimeout(() => {
      this.round = this.once()
        .then(this.options.onRecovered, this.options.onFailed)
        .finally(() => {
          if (!this.stopped) this.wait(EVERY_MS);
        });
    }, ms);
  }

  private async once(): Promise<void> {
    await this.oldRows();
    const fill = await landingFill(this.pool);
    this.pace.hurries = this.stopped || fill.readings > TOO_MANY_READINGS;
    if (fill.readings >= ENOUGH_READINGS || fill.oldestS * 1000 >= LONGEST_MS) {
      for (let left = fill.readings; left > 0 && !this.stopped;) {
        const moved = await this.compactor.land();
        if (moved === 0) break;
        left -= moved;
        this.unvacuumed.landing += moved;
        if (this.unvacuumed.landing >= VACUUM_AFTER) await this.vacuum('landing', left > 0);
      }
      // Nothing waits: the table gives its space back, unless somebody is writing to it.
      if (!this.stopped && this.unvacuumed.landing > 0 && (await landingFill(this.pool)).rows === 0)
        await this.vacuum('landing', false);
    }
    const now = performance.now();
    if (this.merging || now - this.mergedAt >= MERGE_EVERY_MS) {
      if (!this.merging) this.mergedAt = now;
      this.merging = await this.merge(MERGES_A_ROUND);
      if (!this.merging && this.unvacuumed.blocks > 0) await this.vacuum('blocks', false);
    }
    if (now - this.droppedAt >= DROP_EVERY_MS) {
      this.droppedAt = now;
      const before = this.options.now() - this.options.keepDays * DAY_MS;
      while (!this.stopped && (await this.compactor.dropBefore(before)) > 0);
    }
  }

  /** @returns whether there may be more to merge after so many steps */
  private async merge(steps: number): Promise<boolean> {
    let left = steps;
    for (const step of ['mergeHours', 'mergeDays'] as const) {
      for (let merged = -1; merged !== 0 && !this.stopped;) {
        if (left-- === 0) return true;
        merged = await this.compactor[step]();
        this.unvacuumed.blocks += merged;
      }
    }
    return false;
  }

  private async oldRows(): Promise<void> {
    while (!this.oldAreGone && !this.stopped) this.oldAreGone = (await this.compactor.moveOld()) === 0;
  }

  /** @param busy the end of the table is in use, so that there is nothing to give back */
  private async vacuum(what: 'landing' | 'blocks', busy: boolean): Promise<void> {
    this.unvacuumed[what] = 0;
    const table = what === 'landing' ? 'reading_landing' : 'reading_block';
    await this.pool.query(`vacuum (truncate ${!busy}) ${table}`);
  }
}
