import { Logger } from '@nestjs/common';
import { createPostgresBackend, Queue, setDefaultBackendFactory, Worker, type ConnectionOptions } from 'bullmq';
import { OutlivingClient } from './outliving-client.js';
import type { WorkHandler, WorkItem, WorkQueue } from './work-queue.port.js';

const ATTEMPTS = 40;
const BACK_OFF_MS = 5000;
const CONCURRENCY = 5;

class NotYet extends Error {}

/** BullMQ on PostgreSQL, in a schema of its own. */
export class BullmqWorkQueue implements WorkQueue {
  private readonly log = new Logger(BullmqWorkQueue.name);
  private readonly handlers = new Map<string, WorkHandler>();
  private readonly queues = new Map<string, Queue>();
  private readonly workers: Worker[] = [];

  constructor(private readonly url: string) {}

  handle(queue: string, handler: WorkHandler): void {
    this.handlers.set(queue, handler);
  }

  async start(): Promise<void> {
    setDefaultBackendFactory(createPostgresBackend);
    for (const [name, handler] of this.handlers) {
      const queue = new Queue(name, { connection: this.connection(2) });
      queue.on('error', (e) => this.log.warn(`queue ${name}: ${e.message}`));
      await queue.waitUntilReady();
      this.queues.set(name, queue);
      const worker = new Worker(
        name,
        async (job) => {
          if (!(await handler(job.data as Record<string, unknown>))) throw new NotYet('not delivered yet');
        },
        { connection: this.connection(3), concurrency: CONCURRENCY },
      );
      worker.on('error', (e) => this.log.warn(`worker ${name}: ${e.message}`));
      worker.on('failed', (job, e) => {
        if (!(e instanceof NotYet)) this.log.warn(`job ${job?.id ?? '?'} of ${name} failed: ${e.message}`);
      });
      this.workers.push(worker);
    }
  }

  async add(items: readonly WorkItem[]): Promise<void> {
    for (const [name, queue] of this.queues) {
      const mine = items.filter((i) => i.queue === name);
      if (mine.length === 0) continue;
      await queue.addBulk(
        mine.map((i) => ({
          name,
          data: i.payload,
          opts: {
            jobId: i.jobId,
            attempts: ATTEMPTS,
            backoff: { type: 'fixed', delay: BACK_OFF_MS },
            removeOnComplete: { age: 3600, count: 1000 },
            removeOnFail: { age: 24 * 3600, count: 1000 },
          },
        })),
      );
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.workers.map((w) => w.close()));
    await Promise.all([...this.queues.values()].map((q) => q.close()));
  }

  private connection(max: number): ConnectionOptions {
    const pool = { connectionString: this.url, max, Client: OutlivingClient };
    return { ...pool, migrate: true, schema: 'bullmq' } as unknown as ConnectionOptions;
  }
}
