import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PipeNetwork } from './pipe-network.js';

const NOON = Date.UTC(2026, 0, 5, 4, 0, 0);
const plan = {
  supplyMpa: 0.315,
  buildings: [
    { id: 'b1', risers: ['b1-a', 'b1-b'] },
    { id: 'b2', risers: ['b2-a'] },
  ],
};

describe('the water of an estate', () => {
  let water: PipeNetwork;
  beforeAll(async () => (water = await PipeNetwork.open(plan, () => 0.6, 1)));
  afterAll(() => water.close());
  const pressure = (riser: string, at: number): number => water.at(riser, at).pressureMpa;

  it('carries to each riser what its households draw', () => {
    expect(water.at('b1-a', NOON).flowLps).toBeCloseTo(0.6, 3);
    expect(pressure('b1-a', NOON)).toBeGreaterThan(0.25);
    expect(pressure('b1-a', NOON)).toBeLessThan(0.35);
  });

  it('loses pressure by a burst where it is, less next door, least in another building; the flow shows it', () => {
    const before = ['b1-a', 'b1-b', 'b2-a'].map((r) => pressure(r, NOON));
    water.leak('b1-a', 6, NOON + 1000);
    const after = ['b1-a', 'b1-b', 'b2-a'].map((r) => pressure(r, NOON + 1000));
    const [own, next, other] = before.map((p, i) => p - (after[i] ?? 0));
    expect(own).toBeGreaterThan(0.03);
    expect(own).toBeGreaterThan((next ?? 0) * 2);
    expect(next).toBeGreaterThan(other ?? 0);
    expect(other).toBeGreaterThan(0);
    // The hole's own loss of pressure throttles it: physics, not subtraction.
    const { flowLps } = water.at('b1-a', NOON + 1000);
    expect(flowLps).toBeGreaterThan(4);
    expect(flowLps).toBeLessThan(6.6);
  });

  it('has its pressure again when the hole is mended, and remembers how it was', () => {
    water.leak('b1-a', 0, NOON + 60_000);
    expect(water.at('b1-a', NOON + 61_000).flowLps).toBeCloseTo(0.6, 3);
    expect(water.at('b1-a', NOON + 30_000).flowLps).toBeGreaterThan(4);
  });

  it('gives the same water for the same log', async () => {
    const twin = await PipeNetwork.open(plan, () => 0.6, 1);
    twin.leak('b1-a', 6, NOON + 1000);
    expect(twin.at('b2-a', NOON + 30_000)).toEqual(water.at('b2-a', NOON + 30_000));
    twin.close();
  });
});
