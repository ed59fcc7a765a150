import { Logger } from '@nestjs/common';
import type { Kysely } from 'kysely';
import type { Clock } from '../kernel/clock.js';
import type { Database } from '../platform/database-schema.js';
import type { WorkQueue } from '../platform/work-queue.port.js';

const EVERY_MS = 500;
const AT_ONCE = 100;

/** Hands committed work to the queue, then forgets it. A crash in between hands it over twice: job ids make it one. */
export class OutboxRelay {
  private readonly log = new Logger(OutboxRelay.name);
  private timer: NodeJS.Timeout | null = null;
  private busy = false;
  private failing = false;

  constructor(
    private readonly db: Kysely<Database>,
    private readonly queue: WorkQueue,
    private readonly clock: Clock,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.run(), EVERY_MS);
  }

  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    while (this.busy) await new Promise((r) => setTimeout(r, 20));
  }

  private async run(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      const rows = await this.db
        .selectFrom('outbox')
        .selectAll()
        .where('not_before', '<=', new Date(this.clock.now()))
        .orderBy('id')
        .limit(AT_ONCE)
        .execute();
      if (rows.length > 0) {
        await this.queue.add(rows.map((r) => ({ queue: r.queue, jobId: r.job_id, payload: r.payload })));
        await this.db
          .deleteFrom('outbox')
          .where(
            'id',
            'in',
            rows.map((r) => r.id),
          )
          .execute();
      }
      this.failing = false;
    } catch (error) {
      if (!this.failing)
        this.log.warn(`work waits in the outbox, the queue does not take it: ${(error as Error).message}`);
      this.failing = true;
    } finally {
      this.busy = false;
    }
  }
}
