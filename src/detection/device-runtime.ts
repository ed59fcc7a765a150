import type { Device } from '../estate/device.js';
import type { Detector, DetectorInput, Fitness } from './detector.js';
import { FIT } from './detector.js';
import { RuleRuntime, type StoredStates } from './rule-runtime.js';

export { GRACE_MS, type StoredStates } from './rule-runtime.js';

/** The rules of one device in memory. */
export class DeviceRuntime extends RuleRuntime<DetectorInput, Device> {
  hasSpoken: boolean;

  constructor(
    device: Device,
    private readonly detectors: readonly Detector[],
    stored: { readonly version: number; readonly states: StoredStates } | undefined,
  ) {
    super(device, detectors, stored);
    this.hasSpoken = device.hasSpoken;
  }

  get device(): Device {
    return this.context;
  }
  set device(device: Device) {
    this.context = device;
  }

  get key(): string {
    return `device:${this.context.id}`;
  }

  /** Which rules it has, and whether each can work with what the device sends and has shown so far. */
  fitness(): { readonly detector: Detector; readonly fitness: Fitness }[] {
    return this.detectors.map((detector, i) => ({
      detector,
      fitness: detector.fitness?.(this.context, this.states[i]) ?? FIT,
    }));
  }
}
