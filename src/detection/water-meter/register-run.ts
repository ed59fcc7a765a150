/**
 * A stretch of register steps without a pause. All times are the readings' own (`at`): a meter may send a day of
 * stored values in one packet, and their spacing is what tells a drip from a flush. Plain JSON.
 */
export interface RegisterRun {
  /** The reading that showed the first step. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** m³ that the run has let through, the first step included. */
  readonly passedM3: number;
  /** Beginning of the present fast stretch, what has passed since, and how many readings showed it. */
  readonly fastAt: number;
  readonly fastM3: number;
  readonly fastReadings: number;
}

export const beginRun = (deltaM3: number, at: number): RegisterRun => ({
  firstAt: at,
  lastAt: at,
  passedM3: deltaM3,
  fastAt: at,
  fastM3: 0,
  fastReadings: 0,
});

/**
 * The run after one more step. The fast stretch goes on while no pause is longer than `fast.pauseMs` and its mean
 * stays at or above `fast.m3h`; one register step of slack, because a step says only that it is full, not when it
 * began to fill.
 */
export function extendRun(
  r: RegisterRun,
  step: { readonly deltaM3: number; readonly at: number; readonly stepM3: number },
  fast: { readonly m3h: number; readonly pauseMs: number },
): RegisterRun {
  const { deltaM3, at, stepM3 } = step;
  const fastM3 = r.fastM3 + deltaM3;
  const goesOn = at - r.lastAt <= fast.pauseMs && fastM3 + stepM3 >= (fast.m3h * (at - r.fastAt)) / 3_600_000;
  return {
    firstAt: r.firstAt,
    lastAt: at,
    passedM3: r.passedM3 + deltaM3,
    fastAt: goesOn ? r.fastAt : at,
    fastM3: goesOn ? fastM3 : 0,
    fastReadings: goesOn ? r.fastReadings + 1 : 0,
  };
}

/** How long a register that shows `stepM3` takes for one step at `litresPerHour`, ms. */
export const stepTimeMs = (stepM3: number, litresPerHour: number): number =>
  ((stepM3 * 1000) / litresPerHour) * 3_600_000;
