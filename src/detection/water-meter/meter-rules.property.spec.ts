import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DuplicateFilter } from '../../telemetry/duplicate-filter.js';
import type { WaterMeterValues } from '../../telemetry/reading.js';
import type { Detector } from '../detector.js';
import { burstDetector } from './burst.detector.js';
import { continuousFlowDetector } from './continuous-flow.detector.js';
import { FakeTap } from './fake-tap.js';
import { meterFlagsDetector } from './meter-flags.detector.js';
import { noUseWelfareDetector } from './no-use-welfare.detector.js';
import { vacantFlowDetector } from './vacant-flow.detector.js';

type MeterRule = Detector<unknown, 'water-meter'>;
const RULES = [
  [vacantFlowDetector, { occupancy: 'vacant' }],
  [continuousFlowDetector, {}],
  [burstDetector, {}],
  [meterFlagsDetector, {}],
  [noUseWelfareDetector, { welfare: true }],
] as unknown as [MeterRule, object][];

interface Act {
  readonly lph: number;
  readonly minutes: number;
  readonly odd: 'nothing' | 'fall' | 'swap' | 'second series' | 'gap' | 'flag' | 'estimated';
}
const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.record({
    lph: fc.constantFrom(0, 0, 2, 6, 15, 60, 600, 2000),
    minutes: fc.constantFrom(30, 90, 300, 800, 1500),
    odd: fc.constantFrom('nothing', 'nothing', 'nothing', 'fall', 'swap', 'second series', 'gap', 'flag', 'estimated'),
  }),
  { minLength: 1, maxLength: 6 },
);

type Sent = readonly [observedAt: number, values: WaterMeterValues];

/**
 * What a meter sends while all this happens, one reading every 14 minutes and its echo 3 s later: never just at a full
 * hour, nor just when half an hour or an hour has passed since another, where 3 s more or less do make a difference.
 */
function sent(play: readonly Act[], from: number): Sent[] {
  const readings: Sent[] = [];
  let [litres, now, flags] = [50_000, from + 20_000, [] as NonNullable<WaterMeterValues['flags']>];
  for (const { lph, minutes, odd } of play) {
    if (odd === 'fall') litres -= 40;
    if (odd === 'swap') litres = 5;
    if (odd === 'flag') flags = flags.length > 0 ? [] : ['reverse', 'tamper'];
    for (let m = 0; m < minutes; m += 14) {
      now += 14 * 60_000;
      litres += (lph * 14) / 60;
      if (odd === 'gap' && m < 600) continue;
      const other = odd === 'second series' && m % 42 === 0;
      const volumeM3 = other ? 456 + m / 100 : Math.floor(litres) / 1000;
      const values = { volumeM3, flags, ...(odd === 'estimated' ? { estimated: true } : {}) };
      readings.push([now, values], [now + 3000, { ...values, batteryPct: 90 }]);
    }
  }
  return readings;
}

/** Plays them as they arrive; the second of each pair may come first, and everything may come twice. */
function found(
  rule: MeterRule,
  over: object,
  play: readonly Act[],
  how: { swapped?: (pair: number) => boolean; twice?: boolean; restartAt?: number } = {},
): string[] {
  const { e } = new FakeTap(rule, { intervalS: 900, device: over });
  const filter = new DuplicateFilter();
  const readings = sent(play, e.now);
  for (let i = 0; i + 1 < readings.length; i += 2) {
    if (how.restartAt === i / 2) e.restart();
    const pair = [readings[i] as Sent, readings[i + 1] as Sent];
    const order = how.swapped?.(i / 2) ? [pair[1] as Sent, pair[0] as Sent] : pair;
    const arrivals = how.twice ? [...order, ...order] : order;
    const last = (pair[1] as Sent)[0];
    for (const [observedAt, values] of arrivals) {
      e.advance(Math.max(0, Math.max(observedAt, order[0]?.[0] ?? 0) - e.now) / 1000);
      if (!filter.check({ observedAt, values }, e.now)) e.reading(values, 0, observedAt);
    }
    e.advance(Math.max(0, last - e.now) / 1000);
  }
  return e.told.map(({ finding }) => `${finding.kind} ${finding.event} ${finding.priority ?? ''}`);
}

describe.each(RULES.map(([rule, over]) => [rule.id, rule, over] as const))('%s', (_id, rule, over) => {
  it('finds the same when everything comes twice, and when readings 3 s apart change places', () => {
    fc.assert(
      fc.property(acts, fc.nat(), (play, seed) => {
        const plain = found(rule, over, play);
        expect(found(rule, over, play, { twice: true })).toEqual(plain);
        const swapped = (pair: number) => (Math.imul(pair + 1, seed | 1) >>> 13) % 2 === 1;
        expect(found(rule, over, play, { swapped })).toEqual(plain);
      }),
      { numRuns: 25 },
    );
  });

  it('finds the same over a restart at any reading', () => {
    fc.assert(
      fc.property(acts, fc.nat(400), (play, restartAt) => {
        expect(found(rule, over, play, { restartAt })).toEqual(found(rule, over, play));
      }),
      { numRuns: 40 },
    );
  });

  it('is told of by nothing but real reads: estimated ones leave it as it was', () => {
    fc.assert(
      fc.property(acts, (play) => {
        const estimated = play.map((act): Act => ({ ...act, odd: 'estimated' }));
        expect(found(rule, over, estimated)).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });
});
