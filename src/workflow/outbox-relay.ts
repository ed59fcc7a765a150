import { Logger } from '@nestjs/common';
import type { Kysely, Selectable } from 'kysely';
import type { Clock } from '../kernel/clock.js';
import type { Metrics } from '../ops/metrics.js';
import type { Database } from '../platform/database-schema.js';
import type { WorkHandler, WorkQueue } from '../platform/work-queue.port.js';

type OutboxRow = Selectable<Database['outbox']>;

const EVERY_MS = 500;
const AT_ONCE = 100;
/** Work that the queue has had for this long and has not done is handed over again: the queue may have lost it. */
const AGAIN_MS = 15_000;
/** While the queue is away, the relay does the work itself at the queue's own pace. */
const OWN_BACK_OFF_MS = 5000;

/**
 * Hands committed work to the queue and keeps it until it is done (ADR 0009). The row is the truth; the queue only knows
 * when to try. What it has lost (flushed, restarted without its data) is handed over again: at the start, when the store
 * is back, and every 15 s; its job id makes that one job. A queue that does not take work is done without.
 */
export class OutboxRelay {
  private readonly log = new Logger(OutboxRelay.name);
  private readonly handlers = new Map<string, WorkHandler>();
  private timer: NodeJS.Timeout | null = null;
  private busy = false;
  private failing: 'queue' | 'database' | null = null;
  /** Steady ms; work handed over before is not known to be in the queue. */
  private knownSince: number;

  constructor(
    private readonly db: Kysely<Database>,
    private readonly queue: WorkQueue,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {
    this.knownSince = clock.now();
  }

  /** Whoever does the work of a queue; call before the queue starts. */
  handle(queue: string, handler: WorkHandler): void {
    this.handlers.set(queue, handler);
    this.queue.handle(queue, (payload, jobId) => this.perform(queue, jobId, payload));
  }

  start(): void {
    this.knownSince = this.clock.now();
    this.queue.onBack(() => (this.knownSince = this.clock.now()));
    this.timer = setInterval(() => void this.run(), EVERY_MS);
  }

  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    while (this.busy) await new Promise((r) => setTimeout(r, 20));
  }

  /** The row goes when nothing is left to do, and not before. A crash in between does the work once more. */
  private async perform(queue: string, jobId: string, payload: Record<string, unknown>): Promise<boolean> {
    const done = (await this.handlers.get(queue)?.(payload, jobId)) ?? false;
    if (!done) return false;
    await this.db.deleteFrom('outbox').where('job_id', '=', jobId).execute();
    this.metrics.workDone.inc({ queue });
    return true;
  }

  private async run(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      const rows = await this.due();
      if (rows.length > 0) await this.handOver(rows);
      if (this.failing === 'database') this.failing = null;
    } catch (error) {
      if (this.failing !== 'database') this.log.warn(`the outbox cannot be read: ${(error as Error).message}`);
      this.failing = 'database';
    } finally {
      this.busy = false;
    }
  }

  private due(): Promise<OutboxRow[]> {
    const now = this.clock.now();
    const lost = new Date(Math.max(now - AGAIN_MS, this.knownSince));
    return this.db
      .selectFrom('outbox')
      .selectAll()
      .where('not_before', '<=', new Date(now))
      .where((e) => e.or([e('handed_at', 'is', null), e('handed_at', '<', lost)]))
      .orderBy('handed_at', (o) => o.asc().nullsFirst())
      .orderBy('id')
      .limit(AT_ONCE)
      .execute();
  }

  private async handOver(rows: readonly OutboxRow[]): Promise<void> {
    try {
      await this.queue.add(rows.map((r) => ({ queue: r.queue, jobId: r.job_id, payload: r.payload })));
      if (this.failing === 'queue') this.log.warn('the queue takes work again');
      this.failing = null;
    } catch (error) {
      this.metrics.workWithoutQueue.inc(rows.length);
      if (this.failing !== 'queue')
        this.log.warn(`the queue takes no work, it is done without: ${(error as Error).message}`);
      this.failing = 'queue';
      return this.doWithout(rows);
    }
    const again = rows.filter((r) => r.handed_at !== null).length;
    if (again > 0) this.metrics.workFedAgain.inc(again);
    await this.mark(rows, { handed_at: new Date(this.clock.now()) });
  }

  /** One try of each now, the next after the back-off, as the queue would. */
  private async doWithout(rows: readonly OutboxRow[]): Promise<void> {
    const left: OutboxRow[] = [];
    for (const r of rows) {
      const done = await this.perform(r.queue, r.job_id, r.payload).catch((e: Error) => {
        this.log.warn(`job ${r.job_id} of ${r.queue} failed: ${e.message}`);
        return false;
      });
      if (!done) left.push(r);
    }
    if (left.length > 0) await this.mark(left, { not_before: new Date(this.clock.now() + OWN_BACK_OFF_MS) });
  }

  private async mark(rows: readonly OutboxRow[], set: { handed_at?: Date; not_before?: Date }): Promise<void> {
    const ids = rows.map((r) => r.id);
    await this.db.updateTable('outbox').set(set).where('id', 'in', ids).execute();
  }
}
