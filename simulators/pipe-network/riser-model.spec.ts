import { describe, expect, it } from '@jest/globals';
import type { ModelMessage } from '../model.js';
import { Random } from '../random.js';
import { LoneRiser } from './lone-riser.js';
import { RiserModel } from './riser-model.js';

const MIDNIGHT = Date.UTC(2026, 0, 4, 16, 0, 0); // in Shanghai
const profile = { staticMpa: 0.31, dropAtPeakMpa: 0.06, peakFlowLps: 2, utcOffsetHours: 8 };
const lone = (seed: number): RiserModel => new RiserModel(new LoneRiser(profile, seed, 'r'), 10_000);

function day(seed: number): readonly ModelMessage[] {
  const random = new Random(seed);
  const model = lone(seed);
  return model.step(model.start(MIDNIGHT, random), MIDNIGHT + 86_400_000, random).messages;
}
const pressure = (m: ModelMessage): number => Number(m.values['pressureMpa']);
const mean = (log: readonly ModelMessage[], hour: number): number => {
  const part = log.filter((m) => Math.floor((m.at - MIDNIGHT) / 3_600_000) === hour);
  return part.reduce((sum, m) => sum + pressure(m), 0) / part.length;
};

describe('a riser', () => {
  it('sags under the evening demand and recovers at night', () => {
    const log = day(1);
    expect(mean(log, 3)).toBeGreaterThan(mean(log, 19) + 0.03);
  });

  it('is never wet, and never outside 0.1–0.35 MPa, while nothing leaks', () => {
    const log = day(2);
    expect(log.some((m) => m.values['wet'] !== false)).toBe(false);
    expect(Math.min(...log.map(pressure))).toBeGreaterThan(0.1);
    expect(Math.max(...log.map(pressure))).toBeLessThan(0.35);
  });

  it('plays the same day from the same seed', () => {
    expect(day(3)).toEqual(day(3));
    expect(day(3)).not.toEqual(day(4));
  });

  it('told to leak, loses pressure at once, is wet seconds later, and dries after the valve is closed', () => {
    const random = new Random(5);
    const model = lone(5);
    let state = model.step(model.start(MIDNIGHT, random), MIDNIGHT + 60_000, random).state;
    const dry = model.step(state, MIDNIGHT + 70_000, random);
    state = model.direct(dry.state, { do: 'leak', flowLph: 3600 }, MIDNIGHT + 70_000);
    const leaking = model.step(state, MIDNIGHT + 120_000, random);
    expect(pressure(leaking.messages[0] as ModelMessage)).toBeLessThan(
      pressure(dry.messages[0] as ModelMessage) - 0.02,
    );
    const wet = leaking.messages.filter((m) => m.values['wet'] === true);
    expect(wet[0]?.at).toBe(MIDNIGHT + 73_000);
    expect(wet.length).toBeGreaterThan(10);
    state = model.direct(leaking.state, { do: 'leak-stopped' }, MIDNIGHT + 120_000);
    expect(model.step(state, MIDNIGHT + 160_000, random).messages.at(-1)?.values['wet']).toBe(false);
  });
});
