import type { Reading } from '../../telemetry/reading.js';

/** Readings to play, in the order in which they came in. */
export interface ReadingLog {
  /**
   * Pieces in order; inside a piece ordered by `receivedAt`, then device, then `at`, then `seq`. No piece holds a
   * reading received before the end of an earlier piece.
   */
  pieces(): AsyncIterable<readonly Reading[]>;
  /** What is missing or odd, in sentences; asked for after the last piece. */
  notes(): readonly string[];
}

/** The order of arrival, and a fixed one among what came in at one moment. */
export const byArrival = (a: Reading, b: Reading): number =>
  a.receivedAt - b.receivedAt || (a.device < b.device ? -1 : a.device > b.device ? 1 : 0) || byTime(a, b);

const byTime = (a: Reading, b: Reading): number => a.at - b.at || (a.seq ?? 0) - (b.seq ?? 0);

/** Cuts a piece into messages: what one device sent at one moment. */
export function* messagesOf(piece: readonly Reading[]): Generator<readonly Reading[]> {
  for (let i = 0; i < piece.length;) {
    const first = piece[i] as Reading;
    let end = i + 1;
    while (end < piece.length && piece[end]?.receivedAt === first.receivedAt && piece[end]?.device === first.device)
      end++;
    yield piece.slice(i, end);
    i = end;
  }
}
