import { seconds } from '../../kernel/durations.js';

/** How often, and how far apart, a carrier that does not take a page is asked. */
export interface RetryPace {
  readonly attempts: number;
  /** @param attempt how many have been made, from 1. @returns ms to the next */
  readonly pauseMs: (attempt: number) => number;
}

const PAUSES_S = [1, 2, 4, 8, 15, 30, 60];

/** Eight tries in two minutes: by then the next channel and the next person have long been asked. */
export const USUAL_PACE: RetryPace = {
  attempts: PAUSES_S.length + 1,
  pauseMs: (attempt) => seconds(PAUSES_S[Math.min(attempt, PAUSES_S.length) - 1] ?? 1),
};
