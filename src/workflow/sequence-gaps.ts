import { Logger } from '@nestjs/common';
import type { Clock } from '../kernel/clock.js';
import type { Device } from '../estate/device.js';
import type { Metrics } from '../ops/metrics.js';
import { OnceWithCount } from '../ops/once-with-count.js';
import type { DecodedReading } from '../telemetry/decode-native.js';
import { missingBetween, type LastNumber } from '../telemetry/sequence-gap.js';

/** Readings that were lost before they reached Steward, by a device or by a broker: counted, and told now and then. */
export class SequenceGaps {
  private readonly log = new Logger(SequenceGaps.name);
  private readonly told: OnceWithCount;

  constructor(
    clock: Clock,
    private readonly metrics: Metrics,
  ) {
    this.told = new OnceWithCount(clock, (line) => this.log.warn(line));
  }

  /** @returns the newest number, to be handed in with the device's next readings, and how many were left out */
  note(
    device: Device,
    last: LastNumber | undefined,
    fresh: readonly DecodedReading[],
  ): { newest: LastNumber | undefined; lost: number } {
    let newest = last;
    let lost = 0;
    for (const { seq, observedAt } of fresh) {
      if (seq === undefined) continue;
      const next = { seq, observedAt };
      const missing = missingBetween(newest, next);
      if (!newest || observedAt >= newest.observedAt) newest = next;
      if (missing === 0) continue;
      lost += missing;
      this.metrics.sequenceGaps.inc({ kind: device.kind }, missing);
      const what = `${device.id} left out ${missing} readings before its number ${seq}`;
      this.told.failed('gap', `${what}: lost on the way to Steward`);
    }
    return { newest, lost };
  }
}
