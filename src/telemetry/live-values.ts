import type { Reading } from './reading.js';

export interface LiveValue {
  readonly at: number;
  readonly values: Record<string, unknown>;
}

/**
 * The newest values of each device since the start, for screens. Volatile by design: a screen that needs more asks
 * the history. Fields that a reading leaves out keep their last value.
 */
export class LiveValues {
  private readonly latest = new Map<string, { at: number; values: Record<string, unknown> }>();
  private changed = new Set<string>();

  note(reading: Reading): void {
    const known = this.latest.get(reading.device);
    if (known) {
      known.at = reading.at;
      Object.assign(known.values, reading.values);
    } else {
      this.latest.set(reading.device, { at: reading.at, values: { ...reading.values } });
    }
    this.changed.add(reading.device);
  }

  of(device: string): LiveValue | undefined {
    return this.latest.get(device);
  }

  /** Devices that spoke since the last call. */
  takeChanged(): Set<string> {
    const taken = this.changed;
    this.changed = new Set();
    return taken;
  }
}
