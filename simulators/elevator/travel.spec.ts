import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { arrivalOf, brakingAt, motionAt, standstillOf, type Travel } from './travel.js';

const travels = fc
  .record({ from: fc.integer({ min: 0, max: 900 }), hop: fc.integer({ min: 1, max: 900 }), up: fc.boolean() })
  .map(({ from, hop, up }): Travel => {
    const fromM = from / 10;
    return { startedAt: 1000, fromM, toM: fromM + (up ? hop : -hop) / 10, limitMps: 1.75, accelerationMps2: 1 };
  });

describe('a travel', () => {
  it('never exceeds the rated speed or the acceleration, and never jumps', () => {
    fc.assert(
      fc.property(travels, fc.integer({ min: 20, max: 500 }), (travel, stepMs) => {
        let before = motionAt(travel, travel.startedAt);
        for (let t = travel.startedAt; t <= arrivalOf(travel) + stepMs; t += stepMs) {
          const now = motionAt(travel, t);
          expect(Math.abs(now.speedMps)).toBeLessThanOrEqual(1.75 + 1e-9);
          expect(Math.abs(now.speedMps - before.speedMps)).toBeLessThanOrEqual(stepMs / 1000 + 1e-6);
          expect(Math.abs(now.positionM - before.positionM)).toBeLessThanOrEqual((1.75 * stepMs) / 1000 + 1e-6);
          before = now;
        }
      }),
    );
  });

  it('begins at its start and ends, at rest, at its goal', () => {
    fc.assert(
      fc.property(travels, (travel) => {
        expect(motionAt(travel, travel.startedAt)).toEqual({ positionM: travel.fromM, speedMps: 0 });
        const end = motionAt(travel, arrivalOf(travel) + 1);
        expect(end).toEqual({ positionM: travel.toM, speedMps: 0 });
      }),
    );
  });

  it('takes as long as the textbook says: one floor of 3 m in 3.5 s, ten floors in 18.9 s', () => {
    const rise = (toM: number): number =>
      arrivalOf({ startedAt: 0, fromM: 0, toM, limitMps: 1.75, accelerationMps2: 1 }) / 1000;
    expect(rise(3)).toBeCloseTo(3.46, 1);
    expect(rise(30)).toBeCloseTo(18.89, 1);
  });

  it('is braked to a standstill within v²/2a', () => {
    const braking = { startedAt: 0, fromM: 10, speedMps: -1.75, decelerationMps2: 1 };
    const end = brakingAt(braking, standstillOf(braking) + 1000);
    expect(end.speedMps).toBeCloseTo(0, 6);
    expect(end.positionM).toBeCloseTo(10 - 1.75 ** 2 / 2, 6);
  });
});
