import { Logger } from '@nestjs/common';
import type { Clock } from '../kernel/clock.js';
import type { Device } from '../estate/device.js';
import type { Metrics } from '../ops/metrics.js';
import { OnceWithCount } from '../ops/once-with-count.js';
import type { DecodedReading } from '../telemetry/decode-native.js';
import { REORDERED_WITHIN_MS } from '../detection/reading-order.js';
import { missingBetween, type LastNumber } from '../telemetry/sequence-gap.js';

interface Gap {
  readonly from: number;
  /** The first number after it. */
  readonly to: number;
  missing: number;
  /** Steady ms. */
  readonly dueAt: number;
}

/** Readings that were lost before they reached Steward, by a device or by a broker: counted, and told now and then. */
export class SequenceGaps {
  /** Numbers left out that may still come, by device. */
  private readonly open = new Map<string, Gap[]>();
  private readonly log = new Logger(SequenceGaps.name);
  private readonly told: OnceWithCount;

  /** Steady ms. What devices made before may have been taken in, and acknowledged, by a process before this one. */
  private readonly startedAt: number;

  constructor(
    clock: Clock,
    private readonly metrics: Metrics,
  ) {
    this.startedAt = clock.now();
    this.told = new OnceWithCount(clock, (line) => this.log.warn(line));
  }

  /**
   * A number that is left out may have been overtaken: it counts as lost when it has not come within the time in which
   * readings may overtake each other.
   * @returns the newest number, to be handed in with the device's next readings, and how many are lost for certain now
   */
  note(
    device: Device,
    last: LastNumber | undefined,
    fresh: readonly DecodedReading[],
    now: number,
  ): { newest: LastNumber | undefined; lost: number } {
    let newest = last;
    for (const { seq, observedAt } of fresh) {
      if (seq === undefined) continue;
      // Counted from one that is sent again after a restart, the numbers that are stored already would look lost.
      if (newest === undefined && observedAt < this.startedAt) continue;
      const next = { seq, observedAt };
      const missing = missingBetween(newest, next);
      if (missing > 0) this.leftOut(device.id, (newest?.seq ?? 0) + 1, missing, now);
      else this.came(device.id, seq);
      if (!newest || observedAt >= newest.observedAt) newest = next;
    }
    return { newest, lost: this.open.size === 0 ? 0 : this.lostOf(device, now) };
  }

  private leftOut(id: string, from: number, missing: number, now: number): void {
    const gap = { from, to: from + missing, missing, dueAt: now + REORDERED_WITHIN_MS };
    const known = this.open.get(id);
    if (known) known.push(gap);
    else this.open.set(id, [gap]);
  }

  /** One that had been overtaken; each comes once, duplicates are filtered before. */
  private came(id: string, seq: number): void {
    const gap = this.open.get(id)?.find((g) => seq >= g.from && seq < g.to);
    if (gap) gap.missing--;
  }

  private lostOf(device: Device, now: number): number {
    const gaps = this.open.get(device.id);
    if (!gaps) return 0;
    const waiting = gaps.filter((g) => g.dueAt > now && g.missing > 0);
    let lost = 0;
    for (const g of gaps) if (g.dueAt <= now) lost += g.missing;
    if (waiting.length > 0) this.open.set(device.id, waiting);
    else this.open.delete(device.id);
    if (lost === 0) return 0;
    this.metrics.sequenceGaps.inc({ kind: device.kind }, lost);
    this.told.failed('gap', `${device.id} left out ${lost} readings: lost on the way to Steward`);
    return lost;
  }
}
