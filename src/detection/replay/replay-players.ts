import type { Device } from '../../estate/device.js';
import { DuplicateFilter } from '../../telemetry/duplicate-filter.js';
import type { Detector, DetectorInput, Finding } from '../detector.js';
import { DeviceRuntime } from '../device-runtime.js';
import type { Group, GroupDetector, GroupInput } from '../group-detector.js';
import { GroupRuntime } from '../group-runtime.js';
import { ReadingOrder } from '../reading-order.js';
import type { Sleeper } from './due-queue.js';
import type { ReplayedPlace } from './replay-groups.js';

/** The service looks at its deadlines so often; a rule that asks for what is past is not asked more often than that. */
const LOOK_EVERY_MS = 100;

/** A device of the model: its rules, as the engine runs them. */
export class DevicePlayer implements Sleeper {
  queuedAt = Infinity;
  readonly duplicates = new DuplicateFilter();
  readonly runtime: DeviceRuntime;
  /** Readings that overtook each other are told in the order in which they were made, as in the service. */
  readonly order: ReadingOrder;
  readonly places: PlacePlayer[] = [];
  private notBefore = -Infinity;

  constructor(device: Device, rules: readonly Detector[]) {
    // Whether it has ever spoken is for the model to find out.
    this.runtime = new DeviceRuntime({ ...device, hasSpoken: false }, rules, undefined);
    this.order = new ReadingOrder(this.runtime);
  }

  get device(): Device {
    return this.runtime.device;
  }

  get due(): number {
    return Math.max(this.runtime.nextDue, this.runtime.graceUntil, this.notBefore);
  }

  /** One reading as it comes in. */
  live(input: DetectorInput & { readonly type: 'reading' }, seq: number | undefined, at: number): readonly Finding[] {
    this.notBefore = -Infinity;
    const { findings } = this.order.reading(input, seq, at);
    this.runtime.takeAsks();
    return findings;
  }

  /** One of a stored upload: it is in order, and nothing before it counts as overtaken any more. */
  stored(input: DetectorInput & { readonly type: 'reading' }, at: number): readonly Finding[] {
    this.notBefore = -Infinity;
    this.order.reset();
    const findings = this.runtime.step(input, at);
    this.runtime.takeAsks();
    return findings;
  }

  step(input: DetectorInput, at: number): readonly Finding[] {
    this.notBefore = input.type === 'tick' ? at + LOOK_EVERY_MS : -Infinity;
    this.order.forget(at);
    const findings = this.order.input(input, at);
    // Nobody is there who could speak in the car: what it would be asked is dropped.
    this.runtime.takeAsks();
    return findings;
  }
}

/** A building, a riser or an estate of the model: the rules over it, as the engine runs them. */
export class PlacePlayer implements Sleeper {
  queuedAt = Infinity;
  readonly runtime: GroupRuntime;
  private notBefore = -Infinity;
  private members: readonly Device[] = [];

  /** @param order of the directory, by device */
  constructor(
    rules: readonly GroupDetector[],
    place: ReplayedPlace,
    private readonly order: ReadonlyMap<string, number>,
    overrides: Readonly<Record<string, number>>,
  ) {
    const members = (): readonly Device[] => this.members;
    const group: Group = {
      ...place,
      overrides,
      get members() {
        return members();
      },
    };
    this.runtime = new GroupRuntime(group, rules, undefined);
  }

  get due(): number {
    return Math.max(this.runtime.nextDue, this.runtime.graceUntil, this.notBefore);
  }

  /** A member's first word. */
  join(device: Device): void {
    const order = (d: Device): number => this.order.get(d.id) ?? 0;
    this.members = [...this.members, device].sort((a, b) => order(a) - order(b));
  }

  tell(input: GroupInput, now: number): readonly Finding[] {
    this.notBefore = input.type === 'tick' ? now + LOOK_EVERY_MS : -Infinity;
    const findings = this.runtime.tell(input, now);
    this.runtime.takeAsks();
    return findings;
  }
}
