import { Logger } from '@nestjs/common';
import type { Clock } from '../kernel/clock.js';
import type { Metrics } from '../ops/metrics.js';
import type { ValuesByKind } from '../telemetry/reading.js';
import type { History, StoredReading } from '../telemetry/history.port.js';
import { isAfter, LOOKS_BACK_MS, passed, type Checkpoint } from './checkpoint.js';
import type { Watched, WatchedGroup } from './watched.js';

/** A start must not take longer than 15 s; what is not caught up by then is a gap in a window, and counted. Ms. */
const BUDGET_MS = 6000;
const AT_ONCE = 8;
const READINGS_A_DEVICE = 20_000;

export interface LaggingGroup {
  readonly group: WatchedGroup;
  readonly through: Checkpoint;
  /** Members whose readings it wants. */
  readonly of: readonly Watched[];
}
interface Came {
  readonly w: Watched;
  readonly r: StoredReading;
}

/**
 * Steps the readings that came since windows were saved last (`Step.save` later). Before the broker listens: then the
 * states are what they would be without the restart.
 */
export async function catchUp(
  history: Pick<History, 'readings'>,
  devices: Iterable<Watched>,
  groups: readonly LaggingGroup[],
  clock: Clock,
  metrics: Pick<Metrics, 'checkpointGaps'>,
): Promise<void> {
  const from = new Map<Watched, number>();
  const want = (w: Watched, c: Checkpoint): void => {
    from.set(w, Math.min(from.get(w) ?? Infinity, c.receivedAt));
  };
  for (const w of devices) if (w.through) want(w, w.through);
  for (const { of, through } of groups) for (const w of of) want(w, through);
  if (from.size === 0) return;

  const giveUp = performance.now() + BUDGET_MS;
  const members = new Set(groups.flatMap((g) => g.of));
  const came: Came[] = [];
  const left = [...from];
  let missed = 0;
  let error: Error | null = null;
  const work = async (): Promise<void> => {
    for (let next = left.pop(); next; next = left.pop()) {
      const [w, since] = next;
      if (performance.now() > giveUp) {
        missed++;
        continue;
      }
      try {
        const readings = await receivedSince(history, w, since, clock.now());
        stepDevice(w, readings);
        if (members.has(w)) came.push(...readings.map((r) => ({ w, r })));
      } catch (e) {
        missed++;
        error = e as Error;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  came.sort((a, b) => a.r.receivedAt - b.r.receivedAt);
  for (const g of groups) stepGroup(g, came);
  if (missed === 0) return;
  metrics.checkpointGaps.inc(missed);
  const why = error === null ? 'there was no more time' : (error as Error).message;
  new Logger('CatchUp').warn(`windows of ${missed} devices miss their last minutes before the restart: ${why}`);
}

/** In the order of their receipt, those of one moment by the device's own time and number. */
async function receivedSince(
  history: Pick<History, 'readings'>,
  w: Watched,
  since: number,
  now: number,
): Promise<StoredReading[]> {
  // A reading received after it may have been placed before it, but not by more.
  const answer = await history.readings(w.runtime.device.id, since - LOOKS_BACK_MS, now + 1, READINGS_A_DEVICE);
  return answer.items
    .filter((r) => r.receivedAt >= since)
    .sort(
      (a, b) => a.receivedAt - b.receivedAt || a.observedAt - b.observedAt || (a.seq ?? Infinity) - (b.seq ?? Infinity),
    );
}

type Values = ValuesByKind[keyof ValuesByKind];

function stepDevice(w: Watched, readings: readonly StoredReading[]): void {
  if (!w.through) return;
  const { runtime } = w;
  for (const r of readings) {
    if (!isAfter(w.through, runtime.device.no, r)) continue;
    const { receivedAt: at, observedAt } = r;
    // Live, it was stepped at its receipt.
    runtime.stepAgain({ type: 'reading', values: r.values as Values, at, observedAt }, at);
    w.through = passed(w.through, runtime.device.no, r);
  }
}

function stepGroup({ group, through, of }: LaggingGroup, came: readonly Came[]): void {
  for (const { w, r } of came) {
    const { device } = w.runtime;
    if (!of.includes(w) || !isAfter(through, device.no, r)) continue;
    const { receivedAt: at } = r;
    group.runtime.tellAgain({ type: 'reading', device, values: r.values as Values, at }, at);
    group.through = passed(group.through, device.no, r);
  }
}
