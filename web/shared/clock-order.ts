import type { ClockView } from '../../src/gateway/views.js';

/** Which clock a person must look at first: the statutory rescue, then the rest by what runs out next. */
const RANK: Record<ClockView['key'], number> = {
  rescue: 0,
  reassurance: 1,
  'contractor-arrival': 2,
  'property-start': 3,
  'contractor-answer': 3,
  'engineering-response': 1,
  accept: 4,
  entered: 5,
};

const endOf = (c: ClockView) => Date.parse(c.from) + c.limitS * 1000;

/** Running clocks before stopped ones; the rescue first among them. */
export const inClockOrder = (clocks: readonly ClockView[]): ClockView[] =>
  [...clocks].sort(
    (a, b) => Number(a.doneAt !== null) - Number(b.doneAt !== null) || RANK[a.key] - RANK[b.key] || endOf(a) - endOf(b),
  );
