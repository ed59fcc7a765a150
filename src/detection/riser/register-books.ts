import { minutes } from '../../kernel/durations.js';
import type { WaterMeterValues } from '../../telemetry/reading.js';
import type { FlowTree } from './flow-tree.js';

/** One meter's register at the last cut and at the last read, m³. */
export interface BookEntry {
  readonly m3: number;
  readonly readAt: number;
  /** The last whole day's volume, m³, and which day; null = not known (gap, new meter). */
  readonly dayM3: number | null;
  readonly day: number;
  /** Register at the beginning of the day after; null = unknown. */
  readonly cutM3: number | null;
}

/** What went in against what was metered, day by day (cut at 04:00, when least runs). Plain JSON. */
export interface RegisterBooks {
  readonly entries: Readonly<Record<string, BookEntry>>;
  /** The last day that was judged; null = none. */
  readonly judgedDay: number | null;
  /** Loss that a person accepted, m³ a day. */
  readonly accepted: number;
  readonly lossM3: number | null;
  readonly parentM3: number | null;
  readonly open: boolean;
  readonly count: number;
}

export const NO_BOOKS: RegisterBooks = Object.freeze({
  ...{ entries: Object.freeze({}), judgedDay: null, accepted: 0 },
  ...{ lossM3: null, parentM3: null, open: false, count: 0 },
});

export interface BookLimits {
  /** Loss that matters, m³ a day and share of what went in. */
  readonly floorM3: number;
  readonly share: number;
  /** Least share of the meters that must have been read. */
  readonly readShare: number;
  readonly nights: number;
}

const DAY_MS = 86_400_000;
/** Meters report at all hours; a day is judged when all have, or so long after its end. */
const WAIT_MIN = 12 * 60;
const BACK_NIGHTS = 2;

/** @param day local day (from 04:00) of the reading @param minuteOfDay minutes since that 04:00 */
export function enterRegister(
  s: RegisterBooks,
  id: string,
  v: WaterMeterValues,
  at: number,
  day: number,
  minuteOfDay: number,
): RegisterBooks {
  if (v.estimated === true || v.volumeM3 === undefined) return s;
  const last = s.entries[id];
  if (last && at <= last.readAt) return s;
  return { ...s, entries: { ...s.entries, [id]: entry(last, v.volumeM3, at, day, minuteOfDay) } };
}

function entry(last: BookEntry | undefined, m3: number, at: number, day: number, minuteOfDay: number): BookEntry {
  // A register that fell is another meter: its books begin anew.
  if (!last || m3 < last.m3) return { m3, readAt: at, dayM3: null, day: day - 1, cutM3: null };
  if (day - 1 === last.day) return { ...last, m3, readAt: at };
  const cutAt = at - minutes(minuteOfDay);
  const registerAt = (t: number): number | null =>
    t < last.readAt || at === last.readAt ? null : last.m3 + ((m3 - last.m3) * (t - last.readAt)) / (at - last.readAt);
  const cutM3 = registerAt(cutAt);
  const before = day - 2 === last.day ? last.cutM3 : registerAt(cutAt - DAY_MS);
  return { m3, readAt: at, dayM3: cutM3 === null || before === null ? null : cutM3 - before, day: day - 1, cutM3 };
}

/** Judges the day that has ended when enough is known of it; the same object otherwise. */
export function judgeBooks(
  s: RegisterBooks,
  tree: FlowTree,
  day: number,
  minute: number,
  limits: BookLimits,
): RegisterBooks {
  const ended = day - 1;
  if (s.judgedDay !== null && s.judgedDay >= ended) return s;
  if (tree.children.size === 0 || tree.parents.size === 0) return s;
  const volumeOf = (id: string): number | null => {
    const e = s.entries[id];
    return e?.day === ended ? e.dayM3 : null;
  };
  let parentM3 = 0;
  for (const [id, d] of tree.parents) {
    if (d.kind !== 'water-meter') continue;
    const m3 = volumeOf(id);
    if (m3 === null) return s;
    parentM3 += m3;
  }
  let read = 0;
  let used = 0;
  for (const id of tree.children.keys()) {
    const m3 = volumeOf(id);
    if (m3 === null) continue;
    read++;
    used += m3;
  }
  if (parentM3 === 0 || (read < tree.children.size && minute < WAIT_MIN)) return s;
  const judged = { ...s, judgedDay: ended };
  if (read < limits.readShare * tree.children.size) return judged;
  // Those not read are taken to use what the others do.
  const lossM3 = parentM3 - used * (tree.children.size / read);
  const beyond = lossM3 - s.accepted;
  const flagged = beyond > limits.floorM3 && beyond > limits.share * parentM3;
  const count = flagged === s.open ? 0 : s.count + 1;
  const turns = count >= (s.open ? BACK_NIGHTS : limits.nights);
  return { ...judged, lossM3, parentM3, open: turns ? !s.open : s.open, count: turns ? 0 : count };
}

/** A person said that this loss is known. */
export const acceptBooks = (s: RegisterBooks): RegisterBooks => ({
  ...s,
  accepted: Math.max(0, s.lossM3 ?? 0),
  open: false,
  count: 0,
});
