import { describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { ManualClock } from '../kernel/clock.js';
import { fakeDevice } from '../detection/device/fake-engine.js';
import { Metrics } from '../ops/metrics.js';
import type { LastNumber } from '../telemetry/sequence-gap.js';
import { SequenceGaps } from './sequence-gaps.js';

Logger.overrideLogger(false);

/** @returns how many were counted as lost in all, after a last reading a while later */
function play(told: readonly { seq: number; t: number; at: number }[], lastSeq: number): number {
  const clock = new ManualClock(0);
  const gaps = new SequenceGaps(clock, new Metrics());
  const device = fakeDevice('gate');
  let newest: LastNumber | undefined;
  let lost = 0;
  const end = Math.max(...told.map((x) => x.at)) + 10_000;
  for (const { seq, t, at } of [...told, { seq: lastSeq, t: end, at: end }]) {
    const noted = gaps.note(device, newest, [{ seq, observedAt: t, values: {} }], at);
    newest = noted.newest;
    lost += noted.lost;
  }
  // The last reading's own gap is due later.
  return lost + gaps.note(device, newest, [{ seq: lastSeq + 1, observedAt: end + 6000, values: {} }], end + 6000).lost;
}

describe('numbers left out', () => {
  it('are lost when they have not come 5 s later', () => {
    expect(
      play(
        [1, 2, 5, 6].map((seq) => ({ seq, t: seq * 1000, at: seq * 1000 })),
        7,
      ),
    ).toBe(2);
  });

  it('are not lost when they were only overtaken', () => {
    const order = [1, 3, 2, 6, 4, 5];
    expect(
      play(
        order.map((seq, i) => ({ seq, t: seq * 1000, at: 6000 + i * 500 })),
        7,
      ),
    ).toBe(0);
  });

  it('are not counted from a reading that a restart has had sent again: those after it may be stored already', () => {
    const again = { seq: 470, t: -2000, at: 100 };
    const now = [500, 501, 502].map((seq) => ({ seq, t: seq, at: seq }));
    expect(play([again, ...now], 503)).toBe(0);
    // What is left out from then on is lost as ever.
    expect(play([again, ...now], 505)).toBe(2);
  });

  it('whatever overtook what within 5 s: as many as are missing', () => {
    const way = fc.array(fc.record({ comes: fc.boolean(), late: fc.integer({ min: 0, max: 4999 }) }), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(way, (list) => {
        const sent = list.map((m, i) => ({ ...m, seq: i + 1, t: i * 1000, at: i * 1000 + m.late }));
        const came = sent.filter((m) => m.comes).sort((a, b) => a.at - b.at);
        if (came.length === 0) return;
        // Numbers are counted from the first that came.
        const first = came[0]?.seq ?? 0;
        const missing = sent.filter((m) => !m.comes && m.seq > first).length;
        expect(play(came, list.length + 1)).toBe(missing);
      }),
    );
  });
});
