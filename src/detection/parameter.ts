import type { Names } from '../gateway/views.js';
import type { Device } from '../estate/device.js';

/**
 * A threshold of a rule that an organisation, an estate, a building or one device may set otherwise (most specific
 * wins). Resolved into `device.overrides` when the directory is made, so that a rule pays one lookup for it.
 */
export interface Parameter {
  /** Event or rule, then the threshold: `meter.vacant-flow.minSteps`. Stable: overrides are stored under it. */
  readonly key: string;
  readonly default: number;
  /** `s`, `min`, `h`, `L/h`, `m/s`, `share`, `count`, `MPa`, `°C` … ; as people enter it, not milliseconds. */
  readonly unit: string;
  /** Bounds within which the rule still makes sense; outside them an override is refused. */
  readonly min: number;
  readonly max: number;
  /** Only whole numbers. */
  readonly whole?: boolean;
  readonly about: Names;
  /** Where the default comes from: a standard, or `tune`. */
  readonly source: string;
}

export const parameter = (p: Parameter): Parameter => {
  if (p.default < p.min || p.default > p.max) throw new Error(`${p.key}: default outside its own bounds`);
  return Object.freeze(p);
};

/** What holds for this device. */
export const valueOf = (d: Pick<Device, 'overrides'>, p: Parameter): number => d.overrides[p.key] ?? p.default;
