import type { Device } from '../../src/estate/device.js';
import { detectorsFor } from '../../src/detection/device-detectors.js';
import type { DetectorInput, Finding } from '../../src/detection/detector.js';
import { DeviceRuntime, type StoredStates } from '../../src/detection/device-runtime.js';
import { settleStoredUpload, type DatedFinding } from '../../src/detection/late-evidence.js';
import { ReadingOrder } from '../../src/detection/reading-order.js';
import type { DecodedReading } from '../../src/telemetry/decode-native.js';
import { DuplicateFilter } from '../../src/telemetry/duplicate-filter.js';
import { placeReadings } from '../../src/telemetry/place-readings.js';
import type { Reading } from '../../src/telemetry/reading.js';

/** The service wakes rules ten times a second. */
export const TICK_MS = 100;

/** A device under its real rules in model time, fed as the service feeds it (src/workflow/watch.ts), without a database. */
export class RuledDevice {
  private runtime: DeviceRuntime;
  private order: ReadingOrder;
  private filter = new DuplicateFilter();

  constructor(
    device: Device,
    private readonly heard: (finding: Finding, at: number) => void,
  ) {
    this.runtime = new DeviceRuntime(device, detectorsFor(device.kind), undefined);
    this.order = new ReadingOrder(this.runtime);
  }

  get device(): Device {
    return this.runtime.device;
  }

  get hasSpoken(): boolean {
    return this.runtime.hasSpoken;
  }

  /** When its rules want to be woken, ms. */
  get dueAt(): number {
    return Math.ceil(Math.max(this.runtime.nextDue, this.runtime.graceUntil) / TICK_MS) * TICK_MS;
  }

  /** Ticks that are due until then. */
  advance(until: number): void {
    for (let at = this.dueAt; at <= until; at = this.dueAt) this.input({ type: 'tick' }, at);
  }

  deliver(decoded: readonly DecodedReading[], now: number): void {
    this.advance(now);
    const fresh = decoded.filter((d) => !this.filter.check(d, now));
    if (fresh.length > 0) this.runtime.hasSpoken = true;
    const placed = placeReadings(this.device.id, fresh, now);
    if (placed.length > 1) return this.stored(placed, now);
    const r = placed[0];
    if (!r) return;
    const input = { type: 'reading', values: r.values, at: now, observedAt: r.observedAt } as const;
    this.tell(this.order.reading(input, r.seq, now).findings, now);
  }

  input(input: DetectorInput, now: number): void {
    this.tell(this.order.input(input, now), now);
  }

  /** What is known of it is another from now on. */
  become(over: Partial<Device>, now: number): void {
    this.runtime.device = { ...this.device, ...over };
    this.input({ type: 'parameters' }, now);
  }

  /** The process dies and comes back: only JSON survives. */
  restart(now: number): void {
    const states = JSON.parse(JSON.stringify(this.runtime.stored(this.runtime.states))) as StoredStates;
    const device = { ...this.device, hasSpoken: this.runtime.hasSpoken };
    this.runtime = new DeviceRuntime(device, detectorsFor(device.kind), { version: 1, states });
    this.order = new ReadingOrder(this.runtime);
    this.filter = new DuplicateFilter();
    if (device.hasSpoken) this.input({ type: 'resumed' }, now);
  }

  private stored(placed: readonly Reading[], now: number): void {
    const found: DatedFinding[] = [];
    for (const [i, r] of placed.entries()) {
      const at = i === placed.length - 1 ? now : this.order.placeOf(r.at, now);
      const input: DetectorInput = { type: 'reading', values: r.values, at, observedAt: r.observedAt };
      for (const finding of this.runtime.step(input, at)) found.push({ finding, at });
    }
    this.order.reset();
    this.tell(settleStoredUpload(found, now).kept, now);
  }

  private tell(findings: readonly Finding[], at: number): void {
    this.runtime.takeAsks();
    for (const f of findings) this.heard(f, at);
  }
}
