import { BUILDING_CASES } from './building-cases.js';
import type { DetectionCase } from './case.js';
import { DEVICE_CASES } from './device-cases.js';
import { ELEVATOR_CASES } from './elevator-cases.js';
import { GATE_CASES } from './gate-cases.js';
import { METER_CASES } from './meter-cases.js';
import { PIPE_CASES } from './pipe-cases.js';
import { TRAPPED_CASES } from './trapped-cases.js';

/** One case for each event of the catalogue (src/kernel/events.ts), with its adversarial twin. */
export const ALL_CASES: readonly DetectionCase[] = [
  ...TRAPPED_CASES,
  ...ELEVATOR_CASES,
  ...BUILDING_CASES,
  ...METER_CASES,
  ...PIPE_CASES,
  ...GATE_CASES,
  ...DEVICE_CASES,
];
