import type { WorkHandler, WorkItem, WorkQueue } from './work-queue.port.js';

/** Work in memory: done at once, again after the back-off while the handler says so. */
export class FakeWorkQueue implements WorkQueue {
  private readonly handlers = new Map<string, WorkHandler>();
  private readonly known = new Set<string>();
  private readonly waiting = new Set<WorkItem>();
  private readonly underWay = new Set<Promise<void>>();
  private running = false;

  constructor(private readonly backOffMs = 20) {}

  handle(queue: string, handler: WorkHandler): void {
    this.handlers.set(queue, handler);
  }

  start(): Promise<void> {
    this.running = true;
    for (const item of this.waiting) this.begin(item);
    return Promise.resolve();
  }

  add(items: readonly WorkItem[]): Promise<void> {
    for (const item of items) {
      const key = `${item.queue} ${item.jobId}`;
      if (this.known.has(key) || !this.handlers.has(item.queue)) continue;
      this.known.add(key);
      this.waiting.add(item);
      if (this.running) this.begin(item);
    }
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.running = false;
    await Promise.all(this.underWay);
  }

  onBack(): void {
    // It is never away.
  }

  trouble(): Promise<null> {
    return Promise.resolve(null);
  }

  private begin(item: WorkItem): void {
    const work = this.attempt(item).finally(() => this.underWay.delete(work));
    this.underWay.add(work);
  }

  private async attempt(item: WorkItem): Promise<void> {
    const done = await this.handlers
      .get(item.queue)?.(item.payload, item.jobId)
      .catch(() => false);
    if (done) this.waiting.delete(item);
    else
      setTimeout(() => {
        if (this.running) this.begin(item);
      }, this.backOffMs);
  }
}
