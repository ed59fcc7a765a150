import type { Device } from '../../src/estate/device.js';
import { detectorsFor } from '../../src/detection/device-detectors.js';
import type { DetectorInput, Finding } from '../../src/detection/detector.js';
import { DeviceRuntime } from '../../src/detection/device-runtime.js';
import { settleStoredUpload, type DatedFinding } from '../../src/detection/late-evidence.js';
import type { DecodedReading } from '../../src/telemetry/decode-native.js';
import { DuplicateFilter } from '../../src/telemetry/duplicate-filter.js';
import { placeReadings } from '../../src/telemetry/place-readings.js';
import type { Reading } from '../../src/telemetry/reading.js';

/** The service wakes rules ten times a second. */
const TICK_MS = 100;

/** A device under its real rules in model time, fed as the service feeds it. */
export class RuledDevice {
  private runtime: DeviceRuntime;
  private filter = new DuplicateFilter();
  private newestAt = -Infinity;

  constructor(
    private readonly device: Device,
    private readonly heard: (finding: Finding, at: number) => void,
  ) {
    this.runtime = new DeviceRuntime(device, detectorsFor(device.kind), undefined);
  }

  /** Ticks that are due until then. */
  advance(until: number): void {
    const { runtime } = this;
    for (;;) {
      const due = Math.max(runtime.nextDue, runtime.graceUntil);
      if (!(due <= until)) return;
      const at = Math.ceil(due / TICK_MS) * TICK_MS;
      if (at > until) return;
      this.tell(runtime.step({ type: 'tick' }, at), at);
    }
  }

  deliver(decoded: readonly DecodedReading[], now: number): void {
    this.advance(now);
    const fresh = decoded.filter((d) => !this.filter.check(d, now) && !this.overtaken(d));
    const placed = placeReadings(this.device.id, fresh, now);
    if (placed.length <= 1) {
      const r = placed[0];
      if (r) this.input({ type: 'reading', values: r.values, at: now, observedAt: r.observedAt }, now);
    } else this.stored(placed, now);
  }

  input(input: DetectorInput, now: number): void {
    this.tell(this.runtime.step(input, now), now);
  }

  /** The process dies and comes back: only JSON survives. */
  restart(now: number): void {
    const states = JSON.parse(JSON.stringify(this.runtime.stored(this.runtime.states)));
    this.runtime = new DeviceRuntime({ ...this.device, hasSpoken: true }, detectorsFor(this.device.kind), {
      version: 1,
      states,
    });
    this.filter = new DuplicateFilter();
    this.input({ type: 'resumed' }, now);
  }

  /** A reading that a newer one has overtaken by a few seconds tells of the past: it is kept, not judged. */
  private overtaken(d: DecodedReading): boolean {
    if (d.observedAt >= this.newestAt) {
      this.newestAt = d.observedAt;
      return false;
    }
    return this.newestAt - d.observedAt <= 5_000;
  }

  private stored(placed: readonly Reading[], now: number): void {
    const found: DatedFinding[] = [];
    for (const [i, r] of placed.entries()) {
      const at = i === placed.length - 1 ? now : Math.min(r.at, now);
      const input: DetectorInput = { type: 'reading', values: r.values, at, observedAt: r.observedAt };
      for (const finding of this.runtime.step(input, at)) found.push({ finding, at });
    }
    this.tell(settleStoredUpload(found, now).kept, now);
  }

  private tell(findings: readonly Finding[], at: number): void {
    for (const f of findings) this.heard(f, at);
  }
}
