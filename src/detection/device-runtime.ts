import type { Device } from '../estate/device.js';
import type { Detector, DetectorInput, Finding, Fitness } from './detector.js';
import { FIT } from './detector.js';
import { RuleRuntime, type Rule, type StoredStates } from './rule-runtime.js';

export { GRACE_MS, type StoredStates } from './rule-runtime.js';

/** The rules of one device in memory. */
export class DeviceRuntime extends RuleRuntime<DetectorInput, Device> {
  hasSpoken: boolean;
  private readonly hears: ((rule: { readonly id: string }) => boolean) | null;

  constructor(
    device: Device,
    private readonly detectors: readonly Detector[],
    stored: { readonly version: number; readonly states: StoredStates } | undefined,
  ) {
    super(device, detectors, stored);
    this.hasSpoken = device.hasSpoken;
    const hearers = new Set(detectors.flatMap((d) => (d.hearsFindings ? [d.id] : [])));
    this.hears = hearers.size > 0 ? (rule) => hearers.has(rule.id) : null;
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

  /** Rules that judge what the others find are told it at the end. */
  override step(
    input: DetectorInput,
    at: number,
    wants?: (rule: Rule<DetectorInput, Device>) => boolean,
  ): readonly Finding[] {
    const found = super.step(input, at, wants);
    if (found.length === 0 || this.hears === null) return found;
    return [...found, ...super.step({ type: 'found', findings: found }, at, this.hears)];
  }

  /** Which rules it has, and whether each can work with what the device sends and has shown so far. */
  fitness(): { readonly detector: Detector; readonly fitness: Fitness }[] {
    return this.detectors.map((detector, i) => ({
      detector,
      fitness: detector.fitness?.(this.context, this.states[i]) ?? FIT,
    }));
  }
}
