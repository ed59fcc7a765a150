import { Logger } from '@nestjs/common';
import type { Job, Queue, Worker } from 'bullmq';
import type { Work, WorkStore } from './work-store.js';
import type { WorkHandler, WorkItem, WorkQueue } from './work-queue.port.js';

const ATTEMPTS = 40;
const BACK_OFF_MS = 5000;
const CONCURRENCY = 5;
/** A store that has not taken work within this time is away for now. Milliseconds. */
const ADD_MS = 5000;
const PING_MS = 1500;
/** A worker that does not end within this time waits for its store, which does not answer. */
const STOP_MS = 5000;
const REOPEN_MS = 1000;

class NotYet extends Error {}

/** BullMQ on whatever store it is given. */
export class BullmqWorkQueue implements WorkQueue {
  private readonly log = new Logger(BullmqWorkQueue.name);
  private readonly handlers = new Map<string, WorkHandler>();
  private readonly queues = new Map<string, Queue<Work>>();
  private readonly workers = new Map<string, Worker<Work>>();
  private readonly told = new Map<string, string>();
  private stopped = false;

  constructor(private readonly store: WorkStore) {}

  handle(queue: string, handler: WorkHandler): void {
    this.handlers.set(queue, handler);
  }

  async start(): Promise<void> {
    for (const name of this.handlers.keys()) {
      const opened = Promise.all([this.openQueue(name), this.openWorker(name)]);
      if (this.store.waitsAtStart) await opened;
    }
  }

  async add(items: readonly WorkItem[]): Promise<void> {
    for (const [name, queue] of this.queues) {
      const mine = items.filter((i) => i.queue === name);
      if (mine.length === 0) continue;
      const added = queue.addBulk(
        mine.map((i) => ({
          name,
          data: i.payload,
          opts: {
            jobId: i.jobId,
            attempts: ATTEMPTS,
            backoff: { type: 'fixed', delay: BACK_OFF_MS },
            removeOnComplete: { age: 3600, count: 1000 },
            // The outbox still has it and hands it over anew: what has failed must not stand in its way.
            removeOnFail: true,
          },
        })),
      );
      await within(ADD_MS, added, `${this.store.name} has not taken ${mine.length} jobs`);
    }
  }

  onBack(listener: () => void): void {
    this.store.onBack(listener);
  }

  async trouble(): Promise<string | null> {
    try {
      await within(PING_MS, this.store.ping(), 'no answer');
      return null;
    } catch {
      return `${this.store.name} does not answer: repeats of pages are made without it, escalation does not need it`;
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    const closing = Promise.all([...this.workers.values()].map((w) => w.close()))
      .then(() => Promise.all([...this.queues.values()].map((q) => q.close())))
      .catch((e: Error) => this.log.warn(`the queues did not end in order: ${e.message}`));
    await within(STOP_MS, closing, `${this.store.name} does not answer`).catch((e: Error) => this.log.warn(e.message));
    await this.store.close();
  }

  private openQueue(name: string): Promise<void> {
    const queue = this.store.queue(name);
    this.queues.set(name, queue);
    queue.on('error', (e) => this.tell(`queue ${name}`, e));
    return this.ready(queue, () => this.openQueue(name));
  }

  private openWorker(name: string): Promise<void> {
    const worker = this.store.worker(name, (job) => this.work(name, job), CONCURRENCY);
    this.workers.set(name, worker);
    worker.on('error', (e) => this.tell(`worker ${name}`, e));
    worker.on('failed', (job, e) => {
      if (!(e instanceof NotYet)) this.log.warn(`job ${job?.id ?? '?'} of ${name} failed: ${e.message}`);
    });
    return this.ready(worker, () => this.openWorker(name));
  }

  private async work(name: string, job: Job<Work>): Promise<void> {
    const done = await this.handlers.get(name)?.(job.data, job.id ?? '');
    if (!done) throw new NotYet('not done yet');
  }

  /** One that failed while it was opened (a store that froze in the middle) stays broken: another takes its place. */
  private async ready(opened: Queue<Work> | Worker<Work>, again: () => Promise<void>): Promise<void> {
    try {
      await opened.waitUntilReady();
      this.told.clear();
    } catch (error) {
      if (this.store.waitsAtStart) throw error;
      if (this.stopped) return;
      await opened.close().catch(() => undefined);
      await new Promise((r) => setTimeout(r, REOPEN_MS).unref());
      if (!this.stopped) await again();
    }
  }

  /** A store that is away says so at each attempt; once is enough. */
  private tell(who: string, error: Error): void {
    if (this.stopped || this.told.get(who) === error.message) return;
    this.told.set(who, error.message);
    this.log.warn(`${who}: ${error.message}`);
  }
}

async function within<T>(ms: number, work: Promise<T>, otherwise: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${otherwise} within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
