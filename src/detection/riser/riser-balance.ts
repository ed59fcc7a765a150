import { localTime } from '../../kernel/local-time.js';
import type { WaterMeterValues } from '../../telemetry/reading.js';
import { NO_FINDINGS, type Step } from '../detector.js';
import { acceptExcursion, judgeExcursion, NO_EXCURSION, shiftUsual, type Excursion } from '../pipe/excursion.js';
import type { Group, GroupDetector, GroupInput, GroupScope } from '../group-detector.js';
import { balanceFindings, NOTHING_RAISED, type Raised } from './balance-findings.js';
import { BALANCE_PARAMETERS } from './balance-parameters.js';
import { meanLps, type HourFlow } from './demand-shape.js';
import { netLps, nextHour, NO_HOUR, nowLps, tellHour, type FlowHour } from './flow-hours.js';
import { acceptFlow, expectedLps, judgeDay, judgeHour, NO_FLOW_LEAK, type FlowLeak } from './flow-leak.js';
import { bookLimits, burstLimits, flowLimits } from './flow-limits.js';
import { flowTree, type FlowTree } from './flow-tree.js';
import { acceptBooks, enterRegister, judgeBooks, NO_BOOKS, type RegisterBooks } from './register-books.js';

/** A day runs from 04:00, so that the night whose flow tells most is its end. */
const DAY_BEGINS_MIN = 240;
const DAY_MIN = 1440;
/** (tune) A flow told longer ago than so many intervals is not the flow of now. */
const FRESH_INTERVALS = 1.5;
/** Follow of the minute within the hour at which readings come. */
const PHASE_FOLLOW = 0.15;

export interface BalanceState {
  readonly hour: FlowHour;
  /** The present day's hours, and which day it is. */
  readonly day: number | null;
  readonly hours: readonly HourFlow[];
  /** Mean minute of the hour at which flows are told; and of the present hour's, sum and number. */
  readonly phaseMin: number | null;
  readonly minuteSum: number;
  readonly minuteN: number;
  readonly leak: FlowLeak;
  /** Sudden flow: L/s above the expected. */
  readonly burst: Excursion;
  readonly books: RegisterBooks;
  readonly raised: Raised;
}

const INITIAL: BalanceState = Object.freeze({
  ...{ hour: NO_HOUR, day: null, hours: Object.freeze([]), phaseMin: null, minuteSum: 0, minuteN: 0 },
  ...{ leak: NO_FLOW_LEAK, burst: NO_EXCURSION, books: NO_BOOKS, raised: NOTHING_RAISED },
});

/** Local day (from 04:00), hour and minute of an instant. */
interface Moment {
  readonly day: number;
  readonly minute: number;
  /** Hours since 1970-01-01 by the local clock. */
  readonly hour: number;
  /** Hour of the week of `hour`, and minute of the week. */
  readonly slot: number;
  readonly minuteOfWeek: number;
}

function momentOf(zone: string, at: number): Moment {
  const { day, weekday, hour, minuteOfDay } = localTime(zone, at);
  const since = day * DAY_MIN + minuteOfDay - DAY_BEGINS_MIN;
  const own = Math.floor(since / DAY_MIN);
  const slot = (weekday - 1) * 24 + hour;
  const minuteOfWeek = (weekday - 1) * DAY_MIN + minuteOfDay;
  return { day: own, minute: since - own * DAY_MIN, hour: day * 24 + hour, slot, minuteOfWeek };
}

/** Hour of the week of an hour since 1970-01-01, which was a Thursday. */
const slotOf = (hour: number): number => (((hour + 72) % 168) + 168) % 168;

/** What is over is judged: the hour, and at 04:00 the day. */
function closeHour(s: BalanceState, m: Moment, tree: FlowTree, group: Group): BalanceState {
  let { leak, hours, day } = s;
  const closed = s.hour.hour;
  if (closed !== null) {
    const net = netLps(s.hour, tree);
    if (net !== null) {
      hours = [...hours, [slotOf(closed), net]];
      leak = judgeHour(leak, slotOf(closed), net);
    }
  }
  if (day !== null && m.day !== day) {
    leak = judgeDay(leak, hours, flowLimits(group));
    hours = [];
  }
  const phase = s.minuteN === 0 ? s.phaseMin : s.minuteSum / s.minuteN;
  const phaseMin =
    s.phaseMin === null || phase === null ? phase : s.phaseMin + (PHASE_FOLLOW / 24) * (phase - s.phaseMin);
  const burst = shiftUsual(s.burst, leak.extra.level - s.leak.extra.level);
  return { ...s, leak, burst, hours, day: m.day, hour: nextHour(s.hour, m.hour), phaseMin, minuteSum: 0, minuteN: 0 };
}

function read(state: BalanceState, input: Extract<GroupInput, { type: 'reading' }>, group: Group): BalanceState {
  const { device, values, at } = input;
  const tree = flowTree(group);
  // Without anything that measures what goes in there is no balance.
  if (tree.parents.size === 0) return state;
  const { id } = device;
  const counts = tree.parents.has(id) || tree.onward.has(id) || tree.tanks.has(id);
  if (!counts && !(tree.hasBooks && tree.children.has(id))) return state;
  const m = momentOf(group.timezone, at);
  let s = state;
  if (tree.hasBooks && device.kind === 'water-meter') {
    const books = enterRegister(s.books, id, values as WaterMeterValues, at, m.day, m.minute);
    const judged = judgeBooks(books, tree, m.day, m.minute, bookLimits(group));
    if (judged !== s.books) s = { ...s, books: judged };
  }
  if (!counts) return s;
  if (s.hour.hour === null || m.hour > s.hour.hour) s = closeHour(s, m, tree, group);
  else if (m.hour < s.hour.hour) return s; // of an hour that is judged
  const hour = tellHour(s.hour, device, values, at);
  if (hour === s.hour) return s;
  s = { ...s, hour, minuteSum: s.minuteSum + (m.minute % 60), minuteN: s.minuteN + 1 };
  const freshMs = device.attributes.expectedIntervalS * 1000 * FRESH_INTERVALS;
  const expected = expectedLps(s.leak, m.minuteOfWeek, s.phaseMin ?? 0);
  // Several sensors make one moment: it is whole when the last of them has told.
  if (expected === null || !isWhole(hour, tree, at)) return s;
  const lps = nowLps(hour, tree, at, freshMs);
  if (lps === null) return s;
  const burst = judgeExcursion(s.burst, at, lps - expected, burstLimits(group, meanLps(s.leak.shape)));
  return { ...s, burst };
}

/** True when every flow sensor has told since the last judged moment, as far as they keep the same step. */
function isWhole(s: FlowHour, tree: FlowTree, at: number): boolean {
  for (const list of [tree.parents, tree.onward])
    for (const [id, d] of list) {
      const step = d.attributes.expectedIntervalS * 1000;
      if (at - (s.parts[id]?.lpsAt ?? 0) > step / 2) return false;
    }
  return true;
}

function accept(s: BalanceState, event: string): BalanceState {
  if (event !== 'riser.balance' && event !== 'pipe.burst') return s;
  const leak = acceptFlow(s.leak);
  const burst = shiftUsual(acceptExcursion(s.burst), leak.extra.level - s.leak.extra.level);
  return { ...s, leak, burst, books: acceptBooks(s.books), raised: NOTHING_RAISED };
}

/**
 * Water that goes in and is not accounted for, of a riser, a building or an estate (domain §4, `riser.balance`), and a
 * sudden flow into all of it (`pipe.burst`). Three clauses: the registers' balance over three nights, the night flow
 * against the last ten unflagged nights, and flow that no demand explains (docs/adr/0011-leaks-on-networks.md).
 * A person who ends the alarm sets the new baseline: what runs then is accepted, more of it is news.
 */
export const riserBalance = (scope: GroupScope): GroupDetector<BalanceState> => ({
  id: `riser.balance-${scope}`,
  version: 1,
  scope,
  kinds: ['water-meter', 'pipe-sensor'],
  events: ['riser.balance', 'pipe.burst'],
  parameters: BALANCE_PARAMETERS,
  concerns: ({ id }, group) => {
    const tree = flowTree(group);
    return (
      tree.parents.size > 0 &&
      (tree.parents.has(id) || tree.onward.has(id) || tree.tanks.has(id) || (tree.hasBooks && tree.children.has(id)))
    );
  },
  initial: () => INITIAL,
  step(state, input, now, group): Step<BalanceState> {
    if (input.type === 'alarm-ended')
      return { state: accept(state, input.event), findings: NO_FINDINGS, deadline: null };
    if (input.type !== 'reading') return { state, findings: NO_FINDINGS, deadline: null };
    const s = read(state, input, group);
    if (s === state) return { state, findings: NO_FINDINGS, deadline: null };
    const { findings, raised } = balanceFindings(s, scope, now, group);
    return {
      state: raised === s.raised ? s : { ...s, raised },
      findings,
      save: 'later',
      deadline: null,
    };
  },
});

export const RISER_BALANCE_DETECTORS: readonly GroupDetector[] = (['riser', 'building', 'estate'] as const).map(
  (scope) => riserBalance(scope) as GroupDetector,
);
