import { days, hours, minutes } from '../../kernel/durations.js';

/**
 * A sudden flow: the share by which the flow of the moment is above what this hour of the week expects, against how
 * far it usually is. What sensors of pressure see only nearby, the inlets see for the whole network.
 */
export interface FlowBurst {
  /** The last moment judged, steady ms; 0 = none. */
  readonly lastAt: number;
  /** Slow mean of the share above the expected, and usual distance from it. */
  readonly usual: number;
  readonly scatter: number;
  readonly learntMs: number;
  /** First moment of the present excursion, and how many moments it has lasted; null = none. */
  readonly beyondSince: number | null;
  readonly moments: number;
  readonly open: boolean;
  /** While open: the greatest excursion as a share, L/s; since when it has been back. */
  readonly peak: number;
  readonly backSince: number | null;
  /** Excess of the last moment, L/s. */
  readonly excessLps: number;
}

export const NO_BURST: FlowBurst = Object.freeze({
  ...{ lastAt: 0, usual: 0, scatter: 0, learntMs: 0, beyondSince: null, moments: 0 },
  ...{ open: false, peak: 0, backSince: null, excessLps: 0 },
});

export interface BurstLimits {
  /** Deviations of its own, and share of the expected flow, that an excursion must exceed. */
  readonly deviations: number;
  readonly share: number;
  readonly floorLps: number;
  readonly holdMs: number;
}

const USUAL_MS = hours(12);
const SCATTER_MS = days(5);
const LEARN_MS = days(3);
/** A hold seen in fewer readings is one wrong reading. */
const LEAST_MOMENTS = 3;
const BACK_MS = minutes(30);
/** A gap longer than this proves nothing about what lay between. */
const GAP_MS = hours(3);
const BACK_SHARE = 0.4;

/** @param meanLps usual mean flow, so that a share of next to nothing is no burst at night */
export function judgeMoment(
  s: FlowBurst,
  at: number,
  lps: number,
  expected: number,
  meanLps: number,
  limits: BurstLimits,
): FlowBurst {
  const ms = s.lastAt === 0 ? 0 : at - s.lastAt;
  if (ms <= 0) return s.lastAt === 0 ? { ...s, lastAt: at } : s;
  const base = Math.max(expected, 0.25 * meanLps);
  const share = (lps - expected) / base;
  const away = share - s.usual;
  const excessLps = away * base;
  const told = { ...s, lastAt: at, excessLps };
  if (s.open) {
    const peak = Math.max(s.peak, away);
    if (away >= BACK_SHARE * peak) return { ...told, peak, backSince: null };
    const backSince = s.backSince ?? at;
    if (at - backSince < BACK_MS) return { ...told, peak, backSince };
    return { ...told, open: false, peak: 0, backSince: null, beyondSince: null, moments: 0 };
  }
  const isLearnt = s.learntMs >= LEARN_MS;
  const limit = Math.max(limits.deviations * 1.2533 * s.scatter, limits.share);
  if (isLearnt && away > limit && excessLps > limits.floorLps) {
    const goesOn = s.beyondSince !== null && ms <= GAP_MS;
    const beyondSince = goesOn ? (s.beyondSince ?? at) : at;
    const moments = goesOn ? s.moments + 1 : 1;
    const open = moments >= LEAST_MOMENTS && at - beyondSince >= limits.holdMs;
    return { ...told, beyondSince, moments, open, peak: open ? away : 0, backSince: null };
  }
  const usual = s.usual + follow(ms, USUAL_MS) * away;
  const scatter = s.scatter + follow(ms, Math.min(SCATTER_MS, s.learntMs + ms)) * (Math.abs(away) - s.scatter);
  return { ...told, usual, scatter, learntMs: s.learntMs + Math.min(ms, GAP_MS), beyondSince: null, moments: 0 };
}

const follow = (ms: number, over: number): number => Math.min(1, ms / over);

/** A person ended it: what runs now is the usual. */
export const acceptBurst = (s: FlowBurst, meanLps: number): FlowBurst => ({
  ...s,
  usual: meanLps > 0 ? s.usual + s.excessLps / meanLps : s.usual,
  open: false,
  peak: 0,
  backSince: null,
  beyondSince: null,
  moments: 0,
});
