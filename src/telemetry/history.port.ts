import type { Reading } from './reading.js';

export interface StoredReading {
  readonly observedAt: number;
  readonly receivedAt: number;
  readonly at: number;
  readonly seq?: number;
  readonly values: Record<string, unknown>;
}

/** What a history knows of a question. */
export interface HistoryAnswer<T> {
  readonly items: readonly T[];
  /** A part of the history does not answer at present: what is missing may be there again later. */
  readonly partial: boolean;
}

/** Numbers of one field within [at, at + stepMs). A bucket without a number is left out: a gap stays a gap. */
export interface Bucket {
  /** A whole multiple of the step since the epoch, ms. */
  readonly at: number;
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Of the last reading by time, then by number. */
  readonly last: number;
}

/** Telemetry history as its readers use it. Written by the intake together with the batch (law 1). */
export interface History {
  /**
   * Readings of a device placed in [from, to), oldest first, those of one moment by number, at most `limit`.
   * @param from steady ms @param to steady ms
   */
  readings(device: string, from: number, to: number, limit: number): Promise<HistoryAnswer<StoredReading>>;
  /**
   * One numeric field of a device in [from, to), e.g. `flowLph` or `channels.temperature`, in buckets aligned to the
   * epoch; a reading before `from` in the first bucket does not count.
   * @param stepMs at least 1000
   */
  downsampled(device: string, field: string, from: number, to: number, stepMs: number): Promise<HistoryAnswer<Bucket>>;
}

export const HISTORY = Symbol('History');

/** A reading with the small number that history rows carry. */
export interface NumberedReading {
  readonly no: number;
  readonly reading: Reading;
  /** It may have been stored before a restart: stored again only if it was not. */
  readonly maybeStored: boolean;
  /** From the device's memory: kept, and not shown as what it says now. */
  readonly historic?: true;
}
