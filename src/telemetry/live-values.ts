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
  private readonly latest = new Map<string, LiveValue>();
  private changed = new Set<string>();

  note(reading: Reading): void {
    const before = this.latest.get(reading.device);
    const values = before ? { ...before.values, ...reading.values } : { ...reading.values };
    this.latest.set(reading.device, { at: reading.at, values });
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
