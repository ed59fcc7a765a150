import type { History, NumberedReading, StoredReading } from './history.port.js';

/** History in memory, with what the intake asks of its writer: what may have been stored already is stored once. */
export class FakeHistory implements History {
  private readonly kept: { no: number; reading: StoredReading }[] = [];

  /** @param devices the ids of devices by their history number */
  constructor(private readonly devices: ReadonlyMap<number, string>) {}

  store(readings: readonly NumberedReading[]): void {
    for (const { no, reading, maybeStored } of readings) {
      const { observedAt, receivedAt, at, seq, values } = reading;
      const row: StoredReading = {
        observedAt,
        receivedAt,
        at,
        ...(seq === undefined ? {} : { seq }),
        values: { ...values },
      };
      if (!maybeStored || !this.kept.some((k) => k.no === no && isSame(k.reading, row)))
        this.kept.push({ no, reading: row });
    }
  }

  readings(device: string, from: number, to: number, limit: number): Promise<StoredReading[]> {
    const mine = this.kept.filter((k) => this.devices.get(k.no) === device).map((k) => k.reading);
    const inRange = mine.filter((r) => r.at >= from && r.at < to);
    inRange.sort((a, b) => a.at - b.at || (a.seq ?? Infinity) - (b.seq ?? Infinity));
    return Promise.resolve(inRange.slice(0, limit));
  }
}

/** As the writer sees it: the same moment, number and values; what it was received at does not count. */
const isSame = (a: StoredReading, b: StoredReading): boolean =>
  a.at === b.at && a.seq === b.seq && JSON.stringify(sorted(a.values)) === JSON.stringify(sorted(b.values));

const sorted = (values: Record<string, unknown>): [string, unknown][] =>
  Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
