import type { Reading } from '../telemetry/reading.js';
import type { StoredReading } from '../telemetry/history.port.js';

/** Up to which reading states count: all received before `receivedAt`, and those `seen` of that very millisecond. */
export interface Checkpoint {
  /** Steady ms. */
  readonly receivedAt: number;
  /** {@link identityOf} */
  readonly seen: readonly string[];
}

type Told = Pick<StoredReading, 'observedAt' | 'receivedAt' | 'seq'>;

/** @param no the device's number in the history */
export const identityOf = (no: number, r: Told): string => `${no}/${r.observedAt}/${r.seq ?? ''}`;

/** The checkpoint after one more reading. Readings come in order of their receipt. */
export function passed(c: Checkpoint | null, no: number, r: Told): Checkpoint {
  const id = identityOf(no, r);
  return c?.receivedAt === r.receivedAt
    ? { receivedAt: c.receivedAt, seen: [...c.seen, id] }
    : { receivedAt: r.receivedAt, seen: [id] };
}

/** Not counted in yet. */
export const isAfter = (c: Checkpoint, no: number, r: Told): boolean =>
  r.receivedAt > c.receivedAt || (r.receivedAt === c.receivedAt && !c.seen.includes(identityOf(no, r)));

/**
 * A reading placed this long before its receipt is not looked for after a start, so the states that it changes are saved
 * with it. Ms.
 */
export const LOOKS_BACK_MS = 900_000;

/** Whether the history will give this reading again to whoever asks from a checkpoint on. */
export const isFoundAgain = (placed: readonly Reading[]): boolean => {
  const [only] = placed;
  return only !== undefined && placed.length === 1 && only.receivedAt - only.at < LOOKS_BACK_MS;
};
