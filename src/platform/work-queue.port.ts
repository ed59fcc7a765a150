/** One piece of outbound work. Its id makes it idempotent: handed over twice, it is one job. */
export interface WorkItem {
  readonly queue: string;
  readonly jobId: string;
  readonly payload: Record<string, unknown>;
}

/** Does one job. Resolves true when nothing is left to do, false to be called again after the back-off. */
export type WorkHandler = (payload: Record<string, unknown>) => Promise<boolean>;

/**
 * Outbound work with repeats and back-off: page deliveries now, webhooks and reports later. Fed from the outbox, never
 * the truth, and no deadline hangs on it: it may be flushed, restarted or slow (law 4). It does *not* offer delays to
 * the second, results, or priorities.
 */
export interface WorkQueue {
  add(items: readonly WorkItem[]): Promise<void>;
  /** One handler a queue; call before `start`. */
  handle(queue: string, handler: WorkHandler): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export const WORK_QUEUE = Symbol('WorkQueue');
