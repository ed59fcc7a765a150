import { commsLostDetector } from './building/comms-lost.detector.js';
import { fireModeDetector } from './building/fire-mode.detector.js';
import { buildingPowerDetector } from './building/power.detector.js';
import { coldWaveDetector } from './estate/cold-wave.detector.js';
import type { GroupDetector, GroupScope } from './group-detector.js';
import { RISER_BALANCE_DETECTORS } from './riser/riser-balance.js';

/** Every rule over several devices, in the order in which they see an input. */
export const GROUP_DETECTORS: readonly GroupDetector[] = [
  fireModeDetector,
  buildingPowerDetector,
  commsLostDetector,
  coldWaveDetector,
  ...RISER_BALANCE_DETECTORS,
] as readonly GroupDetector[];

export const GROUP_SCOPES: readonly GroupScope[] = ['building', 'riser', 'estate'];

const BY_SCOPE = new Map<GroupScope, readonly GroupDetector[]>(
  GROUP_SCOPES.map((scope) => [scope, Object.freeze(GROUP_DETECTORS.filter((d) => d.scope === scope))]),
);
const NO_DETECTORS: readonly GroupDetector[] = Object.freeze([]);

export const groupDetectorsFor = (scope: GroupScope): readonly GroupDetector[] => BY_SCOPE.get(scope) ?? NO_DETECTORS;
