import { Worker } from 'node:worker_threads';
import type { HistoryKeeper } from './history-keeper.js';
import type { LandedReading } from './landing-block.js';

/** What a keeper of the history is told; which one it is follows from `influxUrl`. */
export interface KeeperTask {
  readonly databaseUrl: string;
  readonly influxUrl: string | undefined;
  /** Days for which PostgreSQL keeps readings. */
  readonly keepDays: number;
  /** Days for which InfluxDB keeps the readings themselves; 0 = for ever. */
  readonly rawDays: number;
  /** Megabytes of readings that may wait for InfluxDB. */
  readonly outboxMb: number;
  /** Steady time minus the wall clock, ms. */
  readonly aheadMs: number;
  /** Memory of the {@link RightOfWay} that the service takes. */
  readonly way: SharedArrayBuffer;
}

/** What it tells. */
export type KeeperWord =
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'recovered' }
  | { readonly type: 'dropped'; readonly readings: number }
  | {
      readonly type: 'refused';
      readonly refused: {
        readonly estate: string;
        readonly device: string;
        readonly reading: LandedReading;
        readonly why: string;
      };
    };

const AGAIN_MS = 1000;
/** What is under way at a stop may take so long; what is cut off is done again at the next start. */
const STOP_MS = 5000;

/** The keeper of the history in a thread of its own, started again should it end. */
export class KeeperThread implements HistoryKeeper {
  private worker: Worker | null = null;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(
    private readonly task: KeeperTask,
    private readonly onWord: (word: KeeperWord) => void,
  ) {}

  start(): Promise<void> {
    const worker = new Worker(new URL('./history-worker.js', import.meta.url), { workerData: this.task });
    this.worker = worker;
    worker.on('message', this.onWord);
    worker.on('error', (error) => this.onWord({ type: 'failed', message: error.message }));
    worker.on('exit', () => {
      this.worker = null;
      if (!this.stopped) this.timer = setTimeout(() => void this.start(), AGAIN_MS);
    });
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    const { worker } = this;
    if (!worker) return;
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.postMessage('stop');
    const late = setTimeout(() => void worker.terminate(), STOP_MS);
    await ended;
    clearTimeout(late);
  }
}
