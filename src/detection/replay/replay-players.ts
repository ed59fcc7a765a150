import type { Device } from '../../estate/device.js';
import { DuplicateFilter } from '../../telemetry/duplicate-filter.js';
import type { Finding } from '../detector.js';
import type { Detector, DetectorInput } from '../detector.js';
import { DeviceRuntime } from '../device-runtime.js';
import type { GroupDetector, GroupInput } from '../group-detector.js';
import type { Sleeper } from './due-queue.js';
import { groupOf, type ReplayedPlace } from './replay-groups.js';

/** The service looks at its deadlines so often; a rule that asks for what is past is not asked more often than that. */
const LOOK_EVERY_MS = 100;

/** A device of the model: its rules, as the engine runs them. */
export class DevicePlayer implements Sleeper {
  queuedAt = Infinity;
  readonly duplicates = new DuplicateFilter();
  readonly runtime: DeviceRuntime;
  readonly groups: GroupPlayer[] = [];
  private notBefore = -Infinity;

  constructor(device: Device, rules: readonly Detector[]) {
    // Whether it has ever spoken is for the model to find out.
    this.runtime = new DeviceRuntime({ ...device, hasSpoken: false }, rules, undefined);
  }

  get device(): Device {
    return this.runtime.device;
  }

  get due(): number {
    return Math.max(this.runtime.nextDue, this.runtime.graceUntil, this.notBefore);
  }

  step(input: DetectorInput, at: number): readonly Finding[] {
    this.notBefore = input.type === 'tick' ? at + LOOK_EVERY_MS : -Infinity;
    return this.runtime.step(input, at);
  }
}

/** A rule over a building, a riser or an estate. */
export class GroupPlayer implements Sleeper {
  queuedAt = Infinity;
  private state: unknown;
  private nextDue = Infinity;
  private notBefore = -Infinity;
  private readonly spoken: Device[] = [];
  private group;

  constructor(
    readonly rule: GroupDetector,
    readonly place: ReplayedPlace,
    /** Order of the directory. */
    private readonly order: ReadonlyMap<string, number>,
    private readonly overrides: Readonly<Record<string, number>>,
  ) {
    this.state = rule.initial();
    this.group = groupOf(place, this.spoken, overrides);
  }

  get due(): number {
    return Math.max(this.nextDue, this.notBefore);
  }

  /** A member's first word. */
  join(device: Device): void {
    this.spoken.push(device);
    this.spoken.sort((a, b) => (this.order.get(a.id) ?? 0) - (this.order.get(b.id) ?? 0));
    this.group = groupOf(this.place, [...this.spoken], this.overrides);
  }

  step(input: GroupInput, now: number): readonly Finding[] {
    if (input.type === 'tick' && this.nextDue > now) return [];
    this.notBefore = input.type === 'tick' ? now + LOOK_EVERY_MS : -Infinity;
    const step = this.rule.step(this.state, input, now, this.group);
    this.state = step.state;
    this.nextDue = step.deadline ?? Infinity;
    return step.findings;
  }
}
