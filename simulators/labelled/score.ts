import type { Finding } from '../../src/detection/detector.js';
import { INSIDE_MS, OUTSIDE_MS, type TrueEntrapment } from './labels.js';

export interface Alarm {
  readonly at: number;
  readonly event: Finding['event'];
  readonly priority: Finding['priority'];
  readonly since: number;
  readonly reason: string;
  /** What was going on, and for how long before it the network had last been out, s (Infinity: not yet). */
  readonly cause: string;
  readonly afterOutS: number;
}

export interface Caught {
  readonly entrapment: TrueEntrapment;
  /** Which alarm told of them; null = none in time. */
  readonly by: string | null;
  /** After the hold was really over, ms. */
  readonly delayMs: number;
}

export interface Judged {
  readonly caught: readonly Caught[];
  /** Entrapment alarms with nobody shut in for that long. */
  readonly falseAlarms: readonly Alarm[];
  /** People of whom Steward had no word in time ({@link TrueEntrapment.heardAt}), and no alarm told. */
  readonly unspoken: number;
  /** Second alarms for the same people. */
  readonly repeated: number;
  readonly others: Readonly<Record<string, number>>;
}

const isEntrapment = (a: Alarm): boolean => a.event.startsWith('elevator.entrapment');
/** Other P1 alarms of the car that bring people to it. */
const tells = (a: Alarm): boolean =>
  a.event === 'elevator.silent-with-people' ||
  a.event === 'elevator.alarm-button' ||
  (a.event === 'elevator.stopped-between-floors' && a.priority === 'P1');
/** An alarm may still be on its way when the door opens. */
const LATE_MS = 6_000;

/** Whoever first hears of people that late can tell only of such as stay in for a hold from then on. */
function isUnspoken({ heardAt, endAt, outside, dueAt }: TrueEntrapment, shortestMs: number): boolean {
  const knownFor = heardAt === null ? Infinity : heardAt + (outside ? OUTSIDE_MS : INSIDE_MS);
  return knownFor > dueAt && (endAt ?? Infinity) - knownFor < shortestMs;
}

/** @param shortestMs an entrapment that ends sooner after its hold may go unalarmed: people were out by themselves */
export function judge(truth: readonly TrueEntrapment[], alarms: readonly Alarm[], shortestMs: number): Judged {
  const caught: Caught[] = [];
  const used = new Set<Alarm>();
  let repeated = 0;
  let unspoken = 0;
  const ours = alarms.filter(isEntrapment);
  for (const entrapment of truth) {
    // People are shut in from then on; a device that missed an opening may count from a little before.
    const from = entrapment.sinceAt;
    const to = (entrapment.endAt ?? Infinity) + LATE_MS;
    const during = ours.filter((a) => a.at >= from && a.at <= to);
    for (const a of during) used.add(a);
    repeated += Math.max(0, during.length - 1);
    const first = during[0] ?? alarms.find((a) => tells(a) && a.at >= entrapment.sinceAt && a.at <= to);
    const short = (entrapment.endAt ?? Infinity) - entrapment.dueAt < shortestMs;
    if (!first && isUnspoken(entrapment, shortestMs)) unspoken++;
    else if (first || !short)
      caught.push({ entrapment, by: first?.event ?? null, delayMs: first ? first.at - entrapment.dueAt : NaN });
  }
  const others: Record<string, number> = {};
  for (const a of alarms) if (!isEntrapment(a)) others[a.event] = (others[a.event] ?? 0) + 1;
  return { caught, falseAlarms: ours.filter((a) => !used.has(a)), unspoken, repeated, others };
}
