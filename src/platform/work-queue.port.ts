/** One piece of outbound work. Its id makes it idempotent: handed over twice, it is one job. */
export interface WorkItem {
  readonly queue: string;
  readonly jobId: string;
  readonly payload: Record<string, unknown>;
}

/** Does one job. Resolves true when nothing is left to do, false to be called again after the back-off. */
export type WorkHandler = (payload: Record<string, unknown>, jobId: string) => Promise<boolean>;

/**
 * Outbound work with repeats and back-off: page deliveries now, webhooks and reports later. Fed from the outbox, never
 * the truth, and no deadline hangs on it: it may be flushed, restarted, slow or away (law 4). It does *not* offer delays
 * to the second, results, or priorities.
 */
export interface WorkQueue {
  /** Resolves when the store has them; rejects within seconds when it is away or does not answer. */
  add(items: readonly WorkItem[]): Promise<void>;
  /** One handler a queue; call before `start`. */
  handle(queue: string, handler: WorkHandler): void;
  /** Does not wait for a store that is away: work is taken up when it comes. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The store was away and is back: what it knew may be gone. */
  onBack(listener: () => void): void;
  /** What is wrong with the store now, in words for the person on duty; null when it answers. */
  trouble(): Promise<string | null>;
}

export const WORK_QUEUE = Symbol('WorkQueue');
