import type { Reading } from './reading.js';

export interface StoredReading {
  readonly observedAt: number;
  readonly receivedAt: number;
  readonly at: number;
  readonly seq?: number;
  readonly values: Record<string, unknown>;
}

/** Telemetry history as its readers use it. Written by the intake together with the batch (law 1). */
export interface History {
  /**
   * Readings of a device placed in [from, to), oldest first, at most `limit`.
   * @param from steady ms @param to steady ms
   */
  readings(device: string, from: number, to: number, limit: number): Promise<StoredReading[]>;
}

export const HISTORY = Symbol('History');

/** A reading with the small number that history rows carry. */
export interface NumberedReading {
  readonly no: number;
  readonly reading: Reading;
  /** It may have been stored before a restart: stored again only if it was not. */
  readonly maybeStored: boolean;
}
