import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { WaterMeterValues } from '../../telemetry/reading.js';
import { fakeDevice, FakeEngine } from '../device/fake-engine.js';
import { meterFlagsDetector as detector } from './meter-flags.detector.js';

const meter = (registerStepM3 = 0.001) =>
  new FakeEngine(
    detector,
    fakeDevice('water-meter', { attributes: { expectedIntervalS: 3600, capabilities: [], registerStepM3 } }),
  );
/** Litres told an hour apart. */
const told = (litres: readonly number[], more: WaterMeterValues = {}, e = meter()) => {
  for (const l of litres) e.reading({ volumeM3: l / 1000, ...more }).advance(3600);
  return e;
};
const kinds = (e: ReturnType<typeof meter>) => e.told.map(({ finding }) => `${finding.kind} ${finding.event}`);

describe.each(['reverse', 'dry', 'tamper'] as const)('the flag %s', (flag) => {
  const event = `meter.${flag}` as const;
  it('raises at once for the device and clears when it is taken back', () => {
    const e = meter().reading({ flags: [flag] });
    expect(e.story).toEqual([`raise ${event} @0`]);
    expect(e.last?.subject).toEqual({ type: 'device', id: 'water-meter-1' });
    expect(e.advance(60).reading({ flags: ['low-battery'] }).story[1]).toBe(`clear ${event} @60`);
  });

  it('is what it was when a reading does not mention flags', () => {
    const e = meter()
      .reading({ flags: [flag] })
      .advance(60)
      .reading({ volumeM3: 5 });
    expect(e.story).toHaveLength(1);
  });

  it('is nothing in an estimated read', () => {
    expect(meter().reading({ flags: [flag], estimated: true }).story).toEqual([]);
    const e = meter()
      .reading({ flags: [flag] })
      .advance(60)
      .reading({ flags: [], estimated: true });
    expect(e.story).toHaveLength(1);
  });

  it('that is still said 120 s after a person ended its alarm is asked about again', () => {
    const e = meter()
      .reading({ flags: [flag] })
      .advance(60)
      .end(event)
      .advance(120);
    expect(e.story).toEqual([`raise ${event} @0`, `raise ${event} @180`]);
    expect(e.last?.paging).toBe('coordinator-first');
  });
});

describe('a register that falls', () => {
  it('again and again runs backwards', () => {
    expect(kinds(told([5000, 4950, 4900]))).toEqual(['raise meter.reverse']);
    expect(kinds(told([5000, 4998, 4996, 4994, 4992, 4990, 4988, 4986, 4984]))).toEqual(['raise meter.reverse']);
    expect(told([5000, 4950, 4900]).last?.evidence).toMatchObject({ litresBack: 100 });
  });

  it('and has stopped falling is over it', () => {
    expect(kinds(told([5000, 4950, 4900, 4900, 4903]))).toEqual(['raise meter.reverse', 'clear meter.reverse']);
  });

  it('within its noise is only noisy', () => {
    expect(kinds(told([5000, 4998, 4996, 5003, 4997, 5008, 5002, 5020]))).toEqual([]);
  });

  it('once, and stays there, was swapped or set back', () => {
    expect(kinds(told([500_000, 0, 3, 3, 9, 30]))).toEqual([]);
    expect(kinds(told([500_000, 12, 11, 12, 9, 30]))).toEqual([]);
  });

  it('under another serial number was swapped', () => {
    const e = told([500_000, 499_000], { serial: 'A' });
    expect(kinds(told([300, 250, 260], { serial: 'B' }, e))).toEqual([]);
  });

  it('in turns with another is two series under one name', () => {
    expect(kinds(told([207_774, 456_017, 207_814, 456_273, 207_851, 456_353, 207_886]))).toEqual([]);
  });

  it('in estimated reads does not fall', () => {
    expect(kinds(told([5000, 4900, 4800, 4700], { estimated: true }))).toEqual([]);
  });

  it('never raises unless it fell twice, by more than its noise beside the largest fall', () => {
    const series = fc.array(fc.oneof(fc.integer({ min: 0, max: 60 }), fc.constantFrom(500, 515, 900)), {
      minLength: 2,
      maxLength: 40,
    });
    fc.assert(
      fc.property(series, (litres) => {
        const e = meter();
        const seen: number[] = [];
        for (const l of litres) {
          const before = e.told.length;
          e.reading({ volumeM3: l / 1000 }).advance(3600);
          seen.push(l);
          if (e.told.length === before || e.last?.kind !== 'raise') continue;
          const falls = seen.slice(1).map((x, i) => (seen[i] ?? x) - x);
          expect(falls.filter((f) => f > 0).length).toBeGreaterThanOrEqual(2);
          expect(Math.max(...seen) - l).toBeGreaterThan(20);
        }
      }),
    );
  });
});
