import { detectorsFor } from '../../src/detection/device-detectors.js';
import { DeviceRuntime } from '../../src/detection/device-runtime.js';
import type { Detector, DetectorInput, Finding } from '../../src/detection/detector.js';
import type { Group, GroupDetector, GroupInput } from '../../src/detection/group-detector.js';
import type { Device, DeviceKind } from '../../src/estate/device.js';
import type { EventName } from '../../src/kernel/events.js';
import type { ValuesByKind } from '../../src/telemetry/reading.js';

export interface Found {
  /** Model time, ms since the epoch. */
  readonly at: number;
  readonly finding: Finding;
}

/** A rule that asks to be woken again and again without time going on is a defect. */
const MOST_TICKS = 10_000;

/**
 * Plays one device through the rules that the service runs, at full speed: model time moves only when told, and the
 * rules are woken when they asked to be, as the service does.
 */
export class DevicePlay<K extends DeviceKind = DeviceKind> {
  readonly found: Found[] = [];
  private readonly runtime: DeviceRuntime;

  constructor(
    readonly device: Device & { readonly kind: K },
    detectors: readonly Detector[] = detectorsFor(device.kind),
  ) {
    this.runtime = new DeviceRuntime(device, detectors, undefined);
    this.runtime.hasSpoken = true;
  }

  /** What is known of the device from now on: somebody moved in, a visit is logged. */
  now(device: Device & { readonly kind: K }): this {
    this.runtime.device = device;
    return this;
  }

  /** A reading taken and received at `at`. Times must not run backwards. */
  reading(values: ValuesByKind[K], at: number, observedAt = at): this {
    return this.advance(at).input({ type: 'reading', values, at, observedAt }, at);
  }

  end(event: EventName, at: number): this {
    return this.advance(at).input({ type: 'alarm-ended', event, at }, at);
  }

  /** Time goes on to `at`; whoever asked to be woken until then is. */
  advance(at: number): this {
    for (let ticks = 0; this.runtime.nextDue <= at; ticks++) {
      if (ticks > MOST_TICKS) throw new Error(`${this.device.id}: a rule asks for ticks without end`);
      this.input({ type: 'tick' }, this.runtime.nextDue);
    }
    return this;
  }

  input(input: DetectorInput, at: number): this {
    for (const finding of this.runtime.step(input, at)) this.found.push({ at, finding });
    return this;
  }
}

/** Plays one rule over several devices in the same way. */
export class GroupPlay<S> {
  readonly found: Found[] = [];
  private state: S;
  private deadline: number | null = null;

  constructor(
    private readonly detector: GroupDetector<S>,
    public group: Group,
  ) {
    this.state = detector.initial();
  }

  reading(device: Device, values: ValuesByKind[DeviceKind], at: number): this {
    if (!this.detector.kinds.includes(device.kind)) return this;
    return this.advance(at).input({ type: 'reading', device, values, at }, at);
  }

  end(event: EventName, at: number): this {
    return this.advance(at).input({ type: 'alarm-ended', event, at }, at);
  }

  advance(at: number): this {
    for (let ticks = 0; this.deadline !== null && this.deadline <= at; ticks++) {
      if (ticks > MOST_TICKS) throw new Error(`${this.detector.id} asks for ticks without end`);
      this.input({ type: 'tick' }, this.deadline);
    }
    return this;
  }

  input(input: GroupInput, at: number): this {
    const step = this.detector.step(this.state, input, at, this.group);
    this.state = step.state;
    this.deadline = step.deadline;
    for (const finding of step.findings) this.found.push({ at, finding });
    return this;
  }
}

/** A live device as an evaluation needs it: registered with what the case is about, speaking already. */
export function playedDevice<K extends DeviceKind>(
  kind: K,
  id: string,
  over: Partial<Omit<Device, 'id' | 'kind'>> = {},
): Device & { readonly kind: K } {
  return {
    id,
    no: 1,
    estate: 'evaluation',
    name: { zh: id, en: id },
    building: null,
    unit: null,
    riser: null,
    floor: null,
    attributes: { expectedIntervalS: 3600, capabilities: [] },
    life: 'live',
    maintenanceUntil: null,
    occupancy: null,
    welfare: false,
    visitUntil: null,
    awayUntil: null,
    timezone: 'Asia/Shanghai',
    overrides: {},
    tokenSha256: null,
    hasSpoken: true,
    ...over,
    kind,
  };
}
