import { buildingPowerDetector } from './building/power.detector.js';
import type { GroupDetector, GroupScope } from './group-detector.js';

/** Every rule over several devices, in the order in which they see an input. */
export const GROUP_DETECTORS: readonly GroupDetector[] = [buildingPowerDetector] as readonly GroupDetector[];

export const GROUP_SCOPES: readonly GroupScope[] = ['building', 'riser', 'estate'];

const BY_SCOPE = new Map<GroupScope, readonly GroupDetector[]>(
  GROUP_SCOPES.map((scope) => [scope, Object.freeze(GROUP_DETECTORS.filter((d) => d.scope === scope))]),
);
const NO_DETECTORS: readonly GroupDetector[] = Object.freeze([]);

export const groupDetectorsFor = (scope: GroupScope): readonly GroupDetector[] => BY_SCOPE.get(scope) ?? NO_DETECTORS;
