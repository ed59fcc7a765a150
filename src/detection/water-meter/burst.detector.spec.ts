import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fakeDevice } from '../device/fake-engine.js';
import { burstDetector as detector } from './burst.detector.js';
import { FakeTap, type TapSetting } from './fake-tap.js';

const tap = (setting: TapSetting = {}) => new FakeTap(detector, setting);
const [P3, P2, TO_P2, GONE] = [
  'raise meter.burst P3',
  'raise meter.burst P2',
  'update meter.burst P2',
  'clear meter.burst',
];

describe('a very high flow', () => {
  it('above 20 % of Q3 for 30 min is P3 where somebody lives', () => {
    const t = tap().run(600, 40);
    expect(t.kinds).toEqual([P3]);
    expect(t.e.last?.evidence).toMatchObject({ litresPerHour: 600, occupancy: 'occupied' });
    expect(t.e.told[0]?.t).toBeGreaterThanOrEqual(30 * 60);
    expect(t.e.told[0]?.t).toBeLessThanOrEqual(37 * 60);
  });

  it('becomes P2 after 60 min, or after 1 m³', () => {
    expect(tap().run(600, 70).kinds).toEqual([P3, TO_P2]);
    const t = tap().run(1900, 45);
    expect(t.kinds).toEqual([P3, TO_P2]);
    expect(t.e.told.at(-1)?.t).toBeLessThanOrEqual(40 * 60);
  });

  it('is P2 at once in an empty unit', () => {
    expect(tap({ device: { occupancy: 'vacant' } }).run(600, 40).kinds).toEqual([P2]);
  });

  it('is neither a bath nor 450 L/h for hours', () => {
    expect(tap().run(1000, 20).run(0, 60).kinds).toEqual([]);
    expect(tap().run(450, 300).kinds).toEqual([]);
  });

  it('a flood of ten minutes does not make up for the quiet after it', () => {
    expect(tap().run(3000, 10).run(100, 60).kinds).toEqual([]);
  });

  it.each([0.05, 0.1])('may be asked for at %d of Q3', (share) => {
    const overrides = { 'meter.burst.shareOfQ3': share };
    expect(tap({ device: { overrides } }).run(share * 2500 * 1.1, 45).kinds).toEqual([P3]);
    expect(tap({ device: { overrides } }).run(share * 2500 * 0.9, 45).kinds).toEqual([]);
  });

  it('ends when it is gone, not when it wavers', () => {
    const t = tap().run(600, 40).run(400, 30);
    expect(t.kinds).toEqual([P3]);
    expect(t.run(50, 10).kinds).toEqual([P3, GONE]);
  });

  it('is seen by hourly readings too, two hours later', () => {
    const t = tap({ intervalS: 3600 }).run(600, 180);
    expect(t.kinds).toEqual([P2]);
    expect(t.e.told[0]?.t).toBe(3 * 3600);
  });

  it('is not one record of 521 L in an hour, which has no duration that anybody saw', () => {
    expect(tap({ intervalS: 3600 }).run(20, 300).run(521, 60).run(20, 300).kinds).toEqual([]);
  });

  it('is not a record that catches up', () => {
    expect(tap({ intervalS: 900 }).run(10, 60).gap(600, 540).run(10, 60).kinds).toEqual([]);
  });

  it('is known where a garden or pool tap is declared, but not in an empty unit', () => {
    const attributes = { expectedIntervalS: 60, capabilities: [], declaredTap: 'garden' as const };
    expect(tap({ device: { attributes } }).run(900, 180).kinds).toEqual([]);
    expect(tap({ device: { attributes, occupancy: 'vacant' } }).run(900, 45).kinds).toEqual([P2]);
    expect(detector.fitness?.(fakeDevice('water-meter', { attributes }), detector.initial())).toMatchObject({
      on: false,
      why: 'not-for-this-place',
    });
  });

  it('is believed of a meter that tells its flow and no register', () => {
    const flow = (flowLph: number) => {
      const t = tap();
      t.e.state = detector.initial();
      for (let i = 0; i < 45; i++) t.e.advance(60).reading({ flowLph });
      return t.kinds;
    };
    expect(flow(600)).toEqual([P3]);
    expect(flow(400)).toEqual([]);
  });

  it('neither begins nor ends with estimated reads', () => {
    expect(tap().run(900, 60, { estimated: true }).kinds).toEqual([]);
    expect(tap().run(600, 40).run(0, 60, { estimated: true }).kinds).toEqual([P3]);
  });
});

describe('whatever a household does', () => {
  it('never raises unless 30 min of water at 20 % of Q3 have passed without a quiet stretch', () => {
    const use = fc.tuple(fc.constantFrom(0, 30, 300, 480, 520, 700, 2500), fc.integer({ min: 1, max: 40 }));
    fc.assert(
      fc.property(fc.array(use, { minLength: 1, maxLength: 10 }), fc.constantFrom(1, 10), (uses, stepL) => {
        const t = tap({ stepL });
        const flows: number[] = [];
        for (const [lph, min] of uses)
          for (let i = 0; i < min; i++) {
            const told = t.e.told.length;
            t.run(lph, 1);
            flows.push(lph);
            if (t.e.told.length === told || t.e.last?.kind !== 'raise') continue;
            const last = flows.slice(-30);
            expect(last).toHaveLength(30);
            // Each stretch is uncertain by one step of the register.
            const litres = last.reduce((sum, f) => sum + f / 60, 0);
            expect(litres).toBeGreaterThanOrEqual(0.5 * 500 - 7 * stepL);
            for (let k = 0; k + 10 <= 30; k++)
              expect(Math.max(...last.slice(k, k + 10))).toBeGreaterThan(500 - 12 * stepL);
          }
      }),
      { numRuns: 150 },
    );
  });
});
