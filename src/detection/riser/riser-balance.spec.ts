import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Device } from '../../estate/device.js';
import type { Group } from '../group-detector.js';
import { fakeDevice, START } from '../device/fake-engine.js';
import { FakeGroupEngine } from '../fake-group-engine.js';
import { riserBalance, type BalanceState } from './riser-balance.js';

const HOUR = 3600;
const EVENT = 'riser.balance';
type Engine = FakeGroupEngine<BalanceState>;

const inlet = fakeDevice('pipe-sensor', {
  id: 'inlet',
  building: null,
  attributes: { expectedIntervalS: HOUR, capabilities: ['flowLps'], role: 'main' },
  timezone: 'UTC',
});
const groupOf = (members: readonly Device[], scope: Group['scope'] = 'estate'): Group => ({
  ...{ scope, id: scope === 'estate' ? 'e1' : 'r1', estate: 'e1', timezone: 'UTC', overrides: {}, members },
});

/** A residential day, 4 L/s at night and 14 by day; weekends a little more. */
function demand(at: number): number {
  const hour = (at / 3_600_000) % 24;
  const weekend = Math.floor(at / 86_400_000 + 4) % 7 < 2 ? 1.1 : 1;
  return (9 - 5 * Math.cos(((hour - 3) / 24) * 2 * Math.PI)) * weekend;
}
const ripple = (i: number, share: number): number => 1 + share * Math.sin(i * 12.9898) * Math.cos(i * 4.1414);

/** Hourly flows for some days, `extra` L/s on top. */
function flows(e: Engine, days: number, extra = 0, { scale = 1, noise = 0.02 } = {}): Engine {
  for (let i = 0; i < days * 24; i++)
    e.reading(inlet, { flowLps: demand(e.now) * scale * ripple(i, noise) + extra }).advance(HOUR);
  return e;
}
const estate = (): Engine => new FakeGroupEngine(riserBalance('estate'), groupOf([inlet]));
const learnt = (): Engine => flows(estate(), 28);
const told = (e: Engine, event: string = EVENT): string[] =>
  e.told.filter(({ finding }) => finding.event === event).map(({ finding }) => finding.kind);

describe('flow that no demand explains', () => {
  it('finds a small leak within days and ends when it is repaired', () => {
    const e = learnt();
    expect(e.told).toEqual([]);
    flows(e, 7, 0.8);
    expect(told(e)).toEqual(['raise']);
    expect(e.told[0]?.finding).toMatchObject({ subject: { type: 'estate', id: 'e1' } });
    flows(e, 3);
    expect(told(e)).toEqual(['raise', 'clear']);
  });

  it('is not a season, a full house or a holiday: those move the whole day', () => {
    const e = learnt();
    for (let d = 0; d < 60; d++) flows(e, 1, 0, { scale: 1 + 0.25 * Math.sin(d / 20) + (d % 9 === 0 ? 0.06 : 0) });
    expect(e.told).toEqual([]);
  });

  it('tells a second leak on top of an open one', () => {
    const e = flows(flows(learnt(), 10, 0.8), 10, 2);
    expect(told(e)[0]).toBe('raise');
    expect(told(e)).toContain('update');
    expect(told(e)).not.toContain('clear');
  });

  it('takes what runs when a person ends it as the baseline, and raises on more', () => {
    const e = flows(learnt(), 8, 0.8).end(EVENT);
    flows(e, 20, 0.8);
    expect(told(e)).toEqual(['raise']);
    flows(e, 10, 1.3);
    expect(told(e).filter((k) => k === 'raise')).toHaveLength(2);
  });

  it('raises a sudden great flow as a burst within hours, once', () => {
    const e = flows(learnt(), 2, 4);
    expect(told(e, 'pipe.burst')).toEqual(['raise']);
    expect(e.told[0]?.t).toBeLessThanOrEqual((28 * 24 + 3) * HOUR);
    expect(told(e)).toEqual([]);
    flows(e, 2);
    expect(told(e, 'pipe.burst')).toEqual(['raise', 'clear']);
  });

  it('needs every inlet: an hour without one says nothing', () => {
    const second = { ...inlet, id: 'second' };
    const e = new FakeGroupEngine(riserBalance('estate'), groupOf([inlet, second]));
    flows(e, 40);
    flows(e, 5, 3);
    expect(e.told).toEqual([]);
  });
});

const meter = (id: string, over: Partial<Device>): Device =>
  fakeDevice('water-meter', { id, timezone: 'UTC', building: 'b1', riser: 'r1', ...over });
const parent = meter('parent', {});
const homes = Array.from({ length: 20 }, (_, i) => meter(`home-${i}`, { unit: `u${i}` }));
const riser = (): Engine => new FakeGroupEngine(riserBalance('riser'), groupOf([parent, ...homes], 'riser'));

/** Registers every six hours: each home uses 6 L/h, the parent sees `lossLph` more; some homes are not read. */
function registers(e: Engine, days: number, lossLph: number, unread = 0): Engine {
  for (let i = 0; i < days * 4; i++) {
    const hours = (e.now - START) / 3_600_000;
    homes.slice(unread).forEach((h) => e.reading(h, { volumeM3: 100 + hours * 0.006 }));
    lost += (lossLph * 6) / 1000;
    e.reading(parent, { volumeM3: 5000 + hours * 0.12 + lost }).advance(6 * HOUR);
  }
  return e;
}
let lost = 0;

describe('registers of a riser', () => {
  it('raises after three nights of loss and ends after two without', () => {
    const e = registers(riser(), 5, 0);
    expect(e.told).toEqual([]);
    registers(e, 2.5, 60);
    expect(e.told).toEqual([]);
    registers(e, 2, 60);
    expect(told(e)).toEqual(['raise']);
    expect(e.told[0]?.finding).toMatchObject({ subject: { type: 'riser', id: 'r1' } });
    registers(e, 4, 0);
    expect(told(e)).toEqual(['raise', 'clear']);
  });

  it('judges with 95 % of the meters read, and not with fewer', () => {
    expect(told(registers(registers(riser(), 5, 0, 1), 6, 60, 1))).toEqual(['raise']);
    expect(told(registers(registers(riser(), 5, 0, 2), 6, 60, 2))).toEqual([]);
  });

  it('accepts the loss that a person ended', () => {
    const e = registers(registers(riser(), 2, 0), 6, 60).end(EVENT);
    expect(told(registers(e, 10, 60))).toEqual(['raise']);
    expect(told(registers(e, 6, 200))).toEqual(['raise', 'raise']);
  });

  it('a meter that was changed begins its books anew and is no loss', () => {
    const e = registers(riser(), 4, 0);
    e.reading(parent, { volumeM3: 0.1 }).advance(HOUR);
    expect(e.told).toEqual([]);
  });
});

const base = learnt();
const fresh = (): Engine => {
  const e = estate();
  e.state = base.state;
  e.now = base.now;
  return e;
};
const part = fc.record({
  days: fc.integer({ min: 1, max: 9 }),
  extra: fc.constantFrom(0, 0, 0.05, 0.8, 5),
  scale: fc.constantFrom(0.94, 1, 1.06),
});
const plays = fc.array(part, { minLength: 1, maxLength: 4 });

describe('flow that no demand explains, whatever is drawn', () => {
  it('never raises where nothing but demand was drawn, a little more or less of it', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (list) => {
        const e = fresh();
        for (const { days, scale } of list) flows(e, days, 0, { scale });
        expect(told(e)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it('takes turns, and a restart at any point changes nothing', () => {
    fc.assert(
      fc.property(plays, fc.integer({ min: 1, max: 40 }), (list, every) => {
        const [one, other] = [fresh(), fresh()];
        let i = 0;
        for (const { days, extra, scale } of list)
          for (let h = 0; h < days * 24; h++, i++) {
            const values = { flowLps: demand(one.now) * scale * ripple(i, 0.02) + extra };
            one.reading(inlet, values).advance(HOUR);
            other.reading(inlet, values);
            if (i % every === 0) other.restart(0);
            other.advance(HOUR);
          }
        expect(other.story).toEqual(one.story);
        const turns = told(one).filter((k) => k !== 'update');
        expect(turns).toEqual(turns.map((_k, n) => (n % 2 === 0 ? 'raise' : 'clear')));
      }),
      { numRuns: 25 },
    );
  });
});
