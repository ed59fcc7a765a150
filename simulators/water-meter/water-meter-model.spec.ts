import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Directive } from '../directive.js';
import { Random } from '../random.js';
import { WaterMeterModel } from './water-meter-model.js';

const MONDAY = Date.UTC(2026, 0, 5, 0, 0, 0);
const HOUR = 3_600_000;

function registers(persons: number, from: number, hours: number, directive?: Directive, seed = 1, id = 'm1') {
  const model = new WaterMeterModel({ id, seed, persons, utcOffsetHours: 8 }, 0.001, 60_000);
  let state = model.start(from, new Random(seed));
  if (directive) state = model.direct(state, directive, from);
  return model.step(state, from + hours * HOUR).messages.map((m) => ({
    at: m.at,
    volumeM3: Number(m.values['volumeM3']),
    flowLph: Number(m.values['flowLph']),
  }));
}

describe('a household water meter', () => {
  it('has a register that never falls, whoever lives there and whatever leaks', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 6 }), fc.boolean(), (seed, persons, leaks) => {
        const log = registers(persons, MONDAY, 60, leaks ? { do: 'leak', flowLph: 90 } : undefined, seed);
        const falls = log.filter((m, i) => m.volumeM3 < (log[i - 1]?.volumeM3 ?? 0));
        expect(falls).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('stands still where nobody lives', () => {
    const log = registers(0, MONDAY, 72);
    expect(new Set(log.map((m) => m.volumeM3)).size).toBe(1);
    expect(log.every((m) => m.flowLph === 0)).toBe(true);
  });

  it('counts about 110 L a person and day', () => {
    const log = registers(3, MONDAY, 7 * 24);
    const perDay = ((log.at(-1)?.volumeM3 ?? 0) - (log[0]?.volumeM3 ?? 0)) / 7;
    expect(perDay).toBeGreaterThan(0.28);
    expect(perDay).toBeLessThan(0.4);
  });

  it('runs in the evening rather than at night', () => {
    const used = (fromHour: number): number => {
      const log = registers(3, MONDAY + (fromHour - 8) * HOUR, 4, undefined, 4);
      return (log.at(-1)?.volumeM3 ?? 0) - (log[0]?.volumeM3 ?? 0);
    };
    expect(used(19)).toBeGreaterThan(2 * used(1));
  });

  it('goes on where it was when the simulator is started again', () => {
    const before = registers(3, MONDAY, 30).at(-1)?.volumeM3 ?? 0;
    const again = registers(3, MONDAY + 30 * HOUR, 1)[0]?.volumeM3 ?? 0;
    expect(again).toBeGreaterThanOrEqual(before);
    expect(again - before).toBeLessThan(0.1);
  });

  it('shows a leak at its flow, by the register and beside it', () => {
    const log = registers(0, MONDAY, 2, { do: 'leak', flowLph: 180 });
    expect((log.at(-1)?.volumeM3 ?? 0) - (log[0]?.volumeM3 ?? 0)).toBeCloseTo(0.36, 1);
    expect(log.at(-1)?.flowLph).toBe(180);
  });
});
