import type { Device } from '../../estate/device.js';
import { days, hours } from '../../kernel/durations.js';
import type { History, StoredReading } from '../../telemetry/history.port.js';
import type { Reading, ValuesByKind } from '../../telemetry/reading.js';
import { byArrival, type ReadingLog } from './reading-log.js';

/** About so many readings stand in memory at a time. */
const PIECE_READINGS = 200_000;
/** Questions to the history at a time: a replay must not take the pool from the pages. */
const AT_A_TIME = 4;

/** The stored history of some devices as it came in, piece by piece. */
export class HistoryLog implements ReadingLog {
  private partial = false;
  private later = 0;

  /** @param from steady ms @param to steady ms; what was taken before but came in later is left out, and told */
  constructor(
    private readonly history: History,
    private readonly devices: readonly Device[],
    private readonly from: number,
    private readonly to: number,
    private readonly pieceReadings = PIECE_READINGS,
  ) {}

  async *pieces(): AsyncIterable<readonly Reading[]> {
    const step = this.pieceMs();
    // Taken in this piece and received after it (a stored upload): nothing is received before it was taken.
    let held: Reading[] = [];
    for (let start = this.from; start < this.to; start += step) {
      const end = Math.min(this.to, start + step);
      const found = held;
      held = [];
      for (let i = 0; i < this.devices.length; i += AT_A_TIME) {
        const some = this.devices.slice(i, i + AT_A_TIME);
        const answers = await Promise.all(some.map((d) => this.history.readings(d.id, start, end, Infinity)));
        for (const [j, { items, partial }] of answers.entries()) {
          this.partial ||= partial;
          for (const r of items) found.push(asReading(some[j] as Device, r));
        }
      }
      const now: Reading[] = [];
      for (const r of found) (r.receivedAt < end ? now : held).push(r);
      yield now.sort(byArrival);
    }
    this.later = held.length;
  }

  notes(): readonly string[] {
    return [
      ...(this.partial ? ['a part of the history did not answer: readings are missing'] : []),
      ...(this.later > 0 ? [`${this.later} readings of this time came in after it and were not played`] : []),
    ];
  }

  private pieceMs(): number {
    const perMs = this.devices.reduce((sum, d) => sum + 1 / (d.attributes.expectedIntervalS * 1000), 0);
    return Math.min(days(7), Math.max(hours(1), Math.floor(this.pieceReadings / perMs / hours(1)) * hours(1)));
  }
}

const asReading = (device: Device, r: StoredReading): Reading => ({
  device: device.id,
  observedAt: r.observedAt,
  receivedAt: r.receivedAt,
  at: r.at,
  ...(r.seq === undefined ? {} : { seq: r.seq }),
  // Written only through the kind's schema.
  values: r.values as ValuesByKind[Device['kind']],
});
