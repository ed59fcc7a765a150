import type { Bucket, History, HistoryAnswer, NumberedReading, StoredReading } from './history.port.js';
import { Buckets } from './history/buckets.js';
import { identity, inOrder } from './history/landing-block.js';

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
      if (!maybeStored || !this.kept.some((k) => k.no === no && identity(k.reading) === identity(row)))
        this.kept.push({ no, reading: row });
    }
  }

  readings(device: string, from: number, to: number, limit: number): Promise<HistoryAnswer<StoredReading>> {
    return Promise.resolve({ items: this.inRange(device, from, to).slice(0, limit), partial: false });
  }

  downsampled(device: string, field: string, from: number, to: number, stepMs: number): Promise<HistoryAnswer<Bucket>> {
    const buckets = new Buckets(field, stepMs);
    buckets.add(this.inRange(device, from, to));
    return Promise.resolve({ items: buckets.list, partial: false });
  }

  private inRange(device: string, from: number, to: number): StoredReading[] {
    const mine = this.kept.filter((k) => this.devices.get(k.no) === device).map((k) => k.reading);
    return mine.filter((r) => r.at >= from && r.at < to).sort(inOrder);
  }
}
