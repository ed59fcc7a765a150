import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Random } from '../random.js';
import { passFaults, startFaults } from './fault-chain.js';
import { NO_FAULTS, type FaultSettings } from './fault-settings.js';
import { payloadOf, type TimedReading } from './timed-reading.js';

/** One reading a second through the faults. */
function pass(faults: Partial<FaultSettings>, count = 2000, seed = 1): { out: TimedReading[]; dropped: number } {
  const random = new Random(seed);
  let state = startFaults(0);
  const out: TimedReading[] = [];
  for (let i = 0; i < count; i++) {
    const reading = { dueAt: i * 1000, observedAt: i * 1000, seq: i, values: { volumeM3: i } };
    const step = passFaults({ ...NO_FAULTS, ...faults }, state, reading, random);
    state = step.state;
    out.push(...step.readings);
  }
  return { out, dropped: state.dropped };
}

describe('faults', () => {
  it('change nothing when there are none', () => {
    const { out } = pass({});
    expect(out.map((r) => r.seq)).toEqual(Array.from({ length: 2000 }, (_, i) => i));
    expect(out.every((r) => r.dueAt === r.observedAt && r.raw === undefined)).toBe(true);
  });

  it('are the same from the same seed', () => {
    const faults = { duplicates: 0.1, reordering: 0.1, dropOuts: 0.01, malformed: 0.1 };
    expect(pass(faults)).toEqual(pass(faults));
    expect(pass(faults).out).not.toEqual(pass(faults, 2000, 2).out);
  });

  it('account for every message: sent, doubled or dropped', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { out, dropped } = pass({ dropOuts: 0.02, reordering: 0.3, malformed: 0.2 }, 500, seed);
        expect(out.length + dropped).toBe(500);
      }),
      { numRuns: 30 },
    );
  });

  it('send a duplicate to the byte', () => {
    const { out } = pass({ duplicates: 0.1 });
    expect(out.length).toBeGreaterThan(2100);
    const twice = out.filter((r, i) => out[i - 1]?.seq === r.seq);
    for (const r of twice) expect(payloadOf(r)).toBe(payloadOf(out.find((o) => o.seq === r.seq) as TimedReading));
  });

  it('let later messages overtake earlier ones, by no more than they are told', () => {
    const { out } = pass({ reordering: 0.2, reorderUpToMs: 3000 });
    const order = [...out].sort((a, b) => a.dueAt - b.dueAt).map((r) => r.seq);
    expect(order).not.toEqual([...order].sort((a, b) => a - b));
    expect(out.every((r) => r.dueAt - r.observedAt <= 3000)).toBe(true);
  });

  it('put the device clock ahead and let it run away', () => {
    const { out } = pass({ clockSkewS: 300, clockDriftSPerDay: 86_400 }, 100);
    expect(out[0]?.observedAt).toBe(300_000);
    expect(out[99]?.observedAt).toBe(99_000 + 300_000 + 99_000);
  });

  it('drop out for a while, not for ever', () => {
    const { out, dropped } = pass({ dropOuts: 0.01, dropOutUpToS: 20 });
    expect(dropped).toBeGreaterThan(20);
    expect(out.length).toBeGreaterThan(1000);
  });

  it('garble into what is not a reading of its device', () => {
    const { out } = pass({ malformed: 0.3 });
    const garbled = out.filter((r) => r.raw !== undefined);
    expect(garbled.length).toBeGreaterThan(400);
    const wellFormed = garbled.filter((r) => {
      try {
        const parsed: unknown = JSON.parse(payloadOf(r));
        return typeof parsed === 'object' && parsed !== null && 'volumeM3' in parsed;
      } catch {
        return false;
      }
    });
    expect(wellFormed).toEqual([]);
  });
});
