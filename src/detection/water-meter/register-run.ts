/**
 * A stretch of register steps without a pause. All times are the readings' own (`at`): a meter may send a day of
 * stored values in one packet, and their spacing is what tells a drip from a flush. Plain JSON.
 */
export interface RegisterRun {
  /** The reading that showed the first step. */
  readonly firstAt: number;
  /** The reading that showed the last step so far. */
  readonly lastAt: number;
  /** The newest reading, with or without a step. */
  readonly seenAt: number;
  /** m³ that the run has let through, the first step included. */
  readonly passedM3: number;
  /** m³ that the first step brought: it began to fill before the run. */
  readonly firstM3: number;
  /** Readings that showed a step. */
  readonly reads: number;
  /** How long water is known to have run: from the first step to the reading before the last, gaps left out, ms. */
  readonly provenMs: number;
  /** How much of the run lies in gaps between readings, ms. */
  readonly gapsMs: number;
  /** Beginning of the present fast stretch, what has passed since, and how many readings showed it. */
  readonly fastAt: number;
  readonly fastM3: number;
  readonly fastReadings: number;
}

export interface RunLimits {
  readonly stepM3: number;
  /** A stretch without a step longer than this is a pause, ms. */
  readonly pauseMs: number;
  /** Readings further apart than this leave a gap that proves neither flow nor pause, ms. */
  readonly gapMs: number;
  /** The fast stretch: its flow in m³/h, and the pause between two step readings that ends it, ms. */
  readonly fastM3h: number;
  readonly fastPauseMs: number;
}

export const beginRun = (deltaM3: number, at: number): RegisterRun => ({
  firstAt: at,
  lastAt: at,
  seenAt: at,
  passedM3: deltaM3,
  firstM3: deltaM3,
  reads: 1,
  provenMs: 0,
  gapsMs: 0,
  fastAt: at,
  fastM3: 0,
  fastReadings: 0,
});

/**
 * The run after one more step; null when a pause parts the two. So many steps in so long a time may leave no pause,
 * or must leave one: that is counted since the last step and since the first.
 */
export function extendRun(r: RegisterRun, deltaM3: number, at: number, l: RunLimits): RegisterRun | null {
  if (at < r.lastAt) return null;
  const steps = (m3: number): number => Math.floor(m3 / l.stepM3 + 0.1);
  const passedM3 = r.passedM3 + deltaM3;
  if (at - r.lastAt > (steps(deltaM3) + 1) * l.pauseMs) return null;
  if (at - r.firstAt > (steps(passedM3 - r.firstM3) + 1) * l.pauseMs) return null;
  const gapMs = at - r.seenAt > l.gapMs ? at - r.seenAt : 0;
  const fastM3 = r.fastM3 + deltaM3;
  // One register step of slack, because a step says only that it is full, not when it began to fill.
  const fastGoesOn = at - r.lastAt <= l.fastPauseMs && fastM3 + l.stepM3 >= (l.fastM3h * (at - r.fastAt)) / 3_600_000;
  return {
    firstAt: r.firstAt,
    lastAt: at,
    seenAt: at,
    passedM3,
    firstM3: r.firstM3,
    reads: r.reads + 1,
    provenMs: Math.max(0, r.seenAt - r.firstAt - r.gapsMs),
    gapsMs: r.gapsMs + gapMs,
    fastAt: fastGoesOn ? r.fastAt : at,
    fastM3: fastGoesOn ? fastM3 : 0,
    fastReadings: fastGoesOn ? r.fastReadings + 1 : 0,
  };
}

/** So often is it noted that the register stands still: faster meters would save for nothing. */
const LOOK_MS = 30_000;

/** The run after a reading without a step; null when that shows a pause. */
export function watchRun(r: RegisterRun, at: number, l: RunLimits): RegisterRun | null {
  if (at - r.lastAt <= l.pauseMs && at - r.seenAt < LOOK_MS) return r;
  return at - r.lastAt > l.pauseMs
    ? null
    : { ...r, seenAt: at, gapsMs: r.gapsMs + (at - r.seenAt > l.gapMs ? at - r.seenAt : 0) };
}
