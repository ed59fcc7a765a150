import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fakeDevice } from '../device/fake-engine.js';
import { continuousFlowDetector as detector } from './continuous-flow.detector.js';
import { FakeTap, type TapSetting } from './fake-tap.js';

const tap = (setting: TapSetting = {}) => new FakeTap(detector, { intervalS: 3600, ...setting });
const H = 60;
const RAISE_P4 = 'raise meter.continuous-flow P4';

describe('water without a pause', () => {
  it.each([60, 900, 3600])('is P4 after 24 h, read every %i s', (intervalS) => {
    const t = tap({ intervalS })
      .run(0, 3 * H)
      .run(2, 30 * H);
    expect(t.kinds).toEqual([RAISE_P4]);
    expect(t.e.told[0]?.t).toBeLessThanOrEqual((3 + 26) * 3600);
    expect(t.e.last?.subject).toEqual({ type: 'unit', id: 'u-301' });
  });

  it('is P3 when the smallest hour is 0.5 % of Q3', () => {
    expect(
      tap()
        .run(0, 3 * H)
        .run(13, 26 * H).kinds,
    ).toEqual(['raise meter.continuous-flow P3']);
    expect(
      tap()
        .run(0, 3 * H)
        .run(13, 20 * H)
        .run(9, 1 * H)
        .run(13, 6 * H).kinds,
    ).toEqual([RAISE_P4]);
  });

  it('rises to P3 when the last 24 h say so, and never falls', () => {
    const t = tap()
      .run(0, 3 * H)
      .run(3, 26 * H)
      .run(20, 26 * H)
      .run(3, 30 * H);
    expect(t.kinds).toEqual([RAISE_P4, 'update meter.continuous-flow P3']);
  });

  it('is not a household that sleeps', () => {
    const t = tap();
    for (let day = 0; day < 7; day++) t.run(0, 2 * H).run(15, 22 * H);
    expect(t.kinds).toEqual([]);
  });

  it('ends with an hour without flow', () => {
    const t = tap({ intervalS: 900 })
      .run(0, 3 * H)
      .run(8, 30 * H);
    expect(t.kinds).toEqual([RAISE_P4]);
    expect(t.run(0, 45).kinds).toHaveLength(1);
    expect(t.run(0, 30).kinds).toEqual([RAISE_P4, 'clear meter.continuous-flow']);
  });

  it('does not end with silence', () => {
    const t = tap()
      .run(0, 3 * H)
      .run(2, 30 * H);
    t.e.advance(86_400);
    expect(t.kinds).toEqual([RAISE_P4]);
  });
});

describe('records that catch up', () => {
  it('do not interrupt a run when there is water for each hour', () => {
    const t = tap()
      .run(0, 3 * H)
      .gap(8, 5 * H)
      .run(2, 22 * H);
    expect(t.kinds).toEqual([RAISE_P4]);
    expect(t.e.told[0]?.t).toBeLessThanOrEqual((3 + 26) * 3600);
  });

  it('prove nothing when most of the day is in them', () => {
    expect(
      tap()
        .run(0, 3 * H)
        .run(15, 6 * H)
        .gap(15, 14 * H)
        .run(15, 6 * H).kinds,
    ).toEqual([]);
  });

  it('with less than a step an hour hide an hour without', () => {
    expect(
      tap()
        .run(0, 3 * H)
        .run(15, 12 * H)
        .gap(0.5, 6 * H)
        .run(15, 12 * H).kinds,
    ).toEqual([]);
  });

  it('never make a P3: an hour that nobody saw may have been the smallest', () => {
    expect(
      tap()
        .run(0, 3 * H)
        .run(26, 9 * H)
        .gap(28, 5 * H)
        .run(26, 12 * H).kinds,
    ).toEqual([RAISE_P4]);
  });
});

describe('odd registers', () => {
  it('estimated reads neither raise nor clear', () => {
    expect(
      tap()
        .run(0, 3 * H)
        .run(5, 40 * H, { estimated: true }).kinds,
    ).toEqual([]);
    const t = tap()
      .run(0, 3 * H)
      .run(5, 30 * H);
    expect(t.run(0, 6 * H, { estimated: true }).kinds).toEqual([RAISE_P4]);
  });

  it('a second series under the same name is no flow', () => {
    const t = tap();
    for (let i = 0; i < 60; i++) {
      t.e.advance(1800).reading({ volumeM3: 456 + i * 0.2 });
      t.e.advance(1800);
      t.read();
    }
    expect(t.kinds).toEqual([]);
  });

  it('a swap begins anew', () => {
    const t = tap()
      .run(0, 3 * H)
      .run(5, 20 * H);
    t.litres = 3;
    expect(t.read().run(5, 20 * H).kinds).toEqual([]);
    expect(t.run(5, 10 * H).kinds).toEqual([RAISE_P4]);
  });

  it('that are too coarse or too slow turn it off, and it says so', () => {
    const off = (registerStepM3: number, expectedIntervalS: number) =>
      detector.fitness?.(
        fakeDevice('water-meter', { attributes: { expectedIntervalS, capabilities: [], registerStepM3 } }),
        detector.initial(),
      );
    expect(off(0.001, 3600)).toEqual({ on: true });
    expect(off(0.01, 3600)).toMatchObject({ on: true, note: { en: 'sees only 10 L/h and more' } });
    expect(off(0.1, 3600)).toMatchObject({ on: false, why: 'resolution-insufficient' });
    expect(off(0.001, 86_400)).toMatchObject({ on: false, why: 'resolution-insufficient' });
  });
});

describe('whatever a household does', () => {
  it('never raises with an hour without volume among the last 24', () => {
    const use = fc.tuple(fc.constantFrom(0, 0, 1, 2, 5, 40), fc.integer({ min: 1, max: 30 }));
    fc.assert(
      fc.property(fc.array(use, { minLength: 1, maxLength: 12 }), (uses) => {
        const t = tap();
        const hours: number[] = [];
        for (const [lph, h] of uses)
          for (let i = 0; i < h; i++) {
            const before = t.volumeM3;
            const told = t.e.told.length;
            t.run(lph, H);
            hours.push(t.volumeM3 - before);
            if (t.e.told.length === told || t.e.last?.kind === 'clear') continue;
            expect(hours.length).toBeGreaterThanOrEqual(24);
            expect(Math.min(...hours.slice(-24))).toBeGreaterThan(0);
          }
      }),
      { numRuns: 100 },
    );
  });
});
