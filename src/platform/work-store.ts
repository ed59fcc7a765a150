import type { Processor, Queue, Worker } from 'bullmq';

export type Work = Record<string, unknown>;

/** Where BullMQ keeps its jobs. Opens queues and workers on connections that cannot hang for ever. */
export interface WorkStore {
  /** For a person: "Redis", "PostgreSQL". */
  readonly name: string;
  queue(name: string): Queue<Work>;
  worker(name: string, work: Processor<Work>, concurrency: number): Worker<Work>;
  /** Rejects when the store does not answer. */
  ping(): Promise<unknown>;
  /** Connected again after it was away. */
  onBack(listener: () => void): void;
  /** After its queues and workers have been closed. */
  close(): Promise<void>;
  /** True: queues wait for the store at their start (it is the database, which is there). */
  readonly waitsAtStart: boolean;
}
