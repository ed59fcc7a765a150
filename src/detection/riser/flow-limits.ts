import { minutes } from '../../kernel/durations.js';
import { valueOf } from '../parameter.js';
import type { Group } from '../group-detector.js';
import type { ExcursionLimits } from '../pipe/excursion.js';
import {
  BURST_DEVIATIONS,
  BURST_HOLD_MIN,
  BURST_SHARE,
  EXTRA_LIMIT,
  FLOOR_LPH,
  LOSS_NIGHTS,
  LOSS_SHARE,
  NIGHT_DEVIATIONS,
  NIGHT_HOLD,
  NIGHT_SHARE,
  READ_SHARE,
} from './balance-parameters.js';
import type { FlowLimits } from './flow-leak.js';
import type { BookLimits } from './register-books.js';

type Overridden = Pick<Group, 'overrides'>;

/** (tune) Allowance of the CUSUM, in deviations of a day: half of the step that matters. */
const SLACK = 0.5;
/** (tune) A departure of less than this share of the mean flow is not raised, however steady the flow. */
const LEAST_SHARE = 0.01;
/** (tune) … and no district is steadier than this, as share of its mean flow. */
const LEAST_DEVIATION_SHARE = 0.004;

const floorLps = (g: Overridden): number => valueOf(g, FLOOR_LPH) / 3600;

export const flowLimits = (g: Overridden): FlowLimits => ({
  night: {
    share: valueOf(g, NIGHT_SHARE),
    floorLps: floorLps(g),
    deviations: valueOf(g, NIGHT_DEVIATIONS),
    hold: valueOf(g, NIGHT_HOLD),
  },
  slack: SLACK,
  limit: valueOf(g, EXTRA_LIMIT),
  floorLps: floorLps(g),
  leastShare: LEAST_SHARE,
  leastDeviationShare: LEAST_DEVIATION_SHARE,
});

export const burstLimits = (g: Overridden): ExcursionLimits => ({
  deviations: valueOf(g, BURST_DEVIATIONS),
  least: valueOf(g, BURST_SHARE),
  holdMs: minutes(valueOf(g, BURST_HOLD_MIN)),
});

export const bookLimits = (g: Overridden): BookLimits => ({
  floorM3: (valueOf(g, FLOOR_LPH) * 24) / 1000,
  share: valueOf(g, LOSS_SHARE),
  readShare: valueOf(g, READ_SHARE),
  nights: valueOf(g, LOSS_NIGHTS),
});
