import type { DeviceKind } from '../estate/device.js';
import type { EventName } from '../kernel/events.js';
import { DEVICE_DETECTORS } from './device-detectors.js';
import type { GroupScope } from './group-detector.js';
import { GROUP_DETECTORS } from './group-detectors.js';
import type { Parameter } from './parameter.js';

export interface RuleEntry {
  readonly id: string;
  readonly over: 'device' | GroupScope;
  readonly kinds: readonly DeviceKind[];
  readonly events: readonly EventName[];
  readonly parameters: readonly Parameter[];
}

/** Every rule with its thresholds: those of devices first, in the order in which they see a reading. */
export const RULES: readonly RuleEntry[] = [
  ...DEVICE_DETECTORS.map(({ id, kinds, events, parameters = [] }) => ({
    id,
    over: 'device' as const,
    kinds,
    events,
    parameters,
  })),
  ...GROUP_DETECTORS.map(({ id, scope, kinds, events, parameters = [] }) => ({
    id,
    over: scope,
    kinds,
    events,
    parameters,
  })),
];

/** By key; rules that share a threshold share the object. */
export const PARAMETERS: ReadonlyMap<string, Parameter> = new Map(
  RULES.flatMap((r) => r.parameters.map((p) => [p.key, p] as const)),
);
