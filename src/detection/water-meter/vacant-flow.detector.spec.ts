import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Device } from '../../estate/device.js';
import { fakeDevice, FakeEngine } from '../device/fake-engine.js';
import { vacantFlowDetector } from './vacant-flow.detector.js';

const meter = (over: Partial<Device> = {}, intervalS = 60, registerStepM3 = 0.001) =>
  new FakeEngine(
    vacantFlowDetector,
    fakeDevice('water-meter', {
      unit: 'u-301',
      occupancy: 'vacant',
      attributes: { expectedIntervalS: intervalS, capabilities: [], q3M3h: 2.5, registerStepM3 },
      ...over,
    }),
  );

/** Water runs at `lph` for `minutes` through a register that shows whole steps. */
class Tap {
  litres = 12_345;
  constructor(
    readonly e: ReturnType<typeof meter>,
    private readonly intervalS = 60,
    private readonly stepL = 1,
  ) {
    this.read();
  }
  read(): this {
    this.e.reading({ volumeM3: (Math.floor(this.litres / this.stepL) * this.stepL) / 1000 });
    return this;
  }
  run(lph: number, minutes: number): this {
    for (let s = 0; s < minutes * 60; s += this.intervalS) {
      this.e.advance(this.intervalS);
      this.litres += (lph * this.intervalS) / 3600;
      this.read();
    }
    return this;
  }
}
const RAISE = 'raise meter.vacant-flow';
const kinds = (e: ReturnType<typeof meter>) => e.story.map((s) => s.split(' @')[0]);

describe('water in an empty unit', () => {
  it('a drip of 5 L/h raises P3 for the unit', () => {
    const { e } = new Tap(meter()).run(5, 60);
    expect(kinds(e)).toEqual([RAISE]);
    expect(e.last).toMatchObject({ priority: 'P3', subject: { type: 'unit', id: 'u-301' } });
    expect(e.last?.evidence).toMatchObject({ registerStepM3: 0.001, occupancy: 'vacant' });
  });

  it('is about the device when that belongs to no unit', () => {
    const { e } = new Tap(meter({ unit: null })).run(5, 60);
    expect(e.last?.subject).toEqual({ type: 'device', id: 'water-meter-1' });
  });

  it.each(['occupied', 'leased', 'renovating', null] as const)('is nobody’s alarm while %s', (occupancy) => {
    expect(new Tap(meter({ occupancy })).run(500, 120).e.story).toEqual([]);
  });

  it.each([60, 900])('one flush is not a leak, read every %i s', (intervalS) => {
    const tap = new Tap(meter({}, intervalS), intervalS).run(0, 60);
    tap.litres += 6;
    expect(tap.read().run(0, 180).e.story).toEqual([]);
  });

  it('a flush that two slow readings share is not a leak either', () => {
    const tap = new Tap(meter({}, 900), 900);
    tap.litres += 3;
    tap.read().run(12, 15).run(0, 180);
    expect(tap.e.story).toEqual([]);
  });

  it('steps further apart than 3 L/h makes them are separate uses', () => {
    expect(new Tap(meter()).run(2, 600).e.story).toEqual([]);
    expect(kinds(new Tap(meter()).run(3, 90).e)).toEqual([RAISE]);
  });

  it('a 10 L register shows 5 L/h too, and takes hours for it', () => {
    const { e } = new Tap(meter({}, 900, 0.01), 900, 10).run(5, 60 * 9);
    expect(kinds(e)).toEqual([RAISE]);
  });
});

describe('2 % of Q3 for 15 min', () => {
  it('is P2: a raise to P3 first, then its update', () => {
    const { e } = new Tap(meter()).run(60, 20);
    expect(kinds(e)).toEqual([RAISE, 'update meter.vacant-flow']);
    expect(e.last?.priority).toBe('P2');
    expect(e.told[1]?.t).toBeGreaterThanOrEqual(15 * 60);
    expect(e.told[1]?.t).toBeLessThanOrEqual(18 * 60);
  });

  it('is not a bucket and a flush a quarter of an hour later', () => {
    const { e } = new Tap(meter()).run(1000, 2).run(0, 13).run(360, 1).run(0, 60);
    expect(e.told.filter(({ finding }) => finding.priority === 'P2')).toEqual([]);
  });

  it('is not one bucket between two slow readings, which has no duration that anybody saw', () => {
    const tap = new Tap(meter({}, 900), 900).run(8, 15).run(80, 15).run(0, 60);
    expect(tap.e.told.filter(({ finding }) => finding.priority === 'P2')).toEqual([]);
  });

  it('is not a drip after a flush', () => {
    const { e } = new Tap(meter()).run(360, 1).run(6, 120);
    expect(e.told.map(({ finding }) => finding.priority)).toEqual(['P3']);
  });
});

describe('its end', () => {
  const running = () => new Tap(meter()).run(10, 60);

  it('is an hour without a step, seen by readings', () => {
    const tap = running();
    expect(tap.run(0, 50).e.story).toHaveLength(1);
    expect(kinds(tap.run(0, 15).e)).toEqual([RAISE, 'clear meter.vacant-flow']);
  });

  it('is twice the step time where that is longer', () => {
    const tap = new Tap(meter({}, 900, 0.01), 900, 10).run(30, 120);
    expect(kinds(tap.e)).toEqual([RAISE]);
    expect(tap.run(0, 6 * 60).e.story).toHaveLength(1);
    expect(tap.run(0, 60).e.story).toHaveLength(2);
  });

  it('is not silence', () => {
    expect(running().e.advance(86_400).story).toHaveLength(1);
  });

  it('comes when somebody moves in', () => {
    const { e } = running();
    e.device = { ...e.device, occupancy: 'occupied' };
    expect(e.reading({ volumeM3: 12.4 }).story[1]).toMatch('clear meter.vacant-flow');
  });

  it('by a person waits for new steps: the valve may be closed already', () => {
    const tap = running();
    tap.e.end('meter.vacant-flow');
    expect(tap.run(0, 180).e.story).toHaveLength(1);
    expect(kinds(tap.run(10, 60).e)).toEqual([RAISE, RAISE]);
  });
});

describe('odd registers', () => {
  it('estimated reads neither raise nor clear', () => {
    const e = meter();
    for (let i = 0; i < 200; i++) e.reading({ volumeM3: 12 + i / 100, estimated: true }).advance(60);
    expect(e.story).toEqual([]);
    const tap = new Tap(meter()).run(10, 60);
    for (let i = 0; i < 200; i++) tap.e.advance(60).reading({ volumeM3: tap.litres / 1000, estimated: true });
    expect(tap.e.story).toHaveLength(1);
  });

  it('a register that falls is another meter: the run begins anew', () => {
    const tap = new Tap(meter()).run(5, 13);
    tap.litres = 3;
    expect(tap.read().run(0, 120).e.story).toEqual([]);
    expect(kinds(tap.run(5, 60).e)).toEqual([RAISE]);
  });

  it('readings without a register are ignored', () => {
    expect(meter().reading({ flowLph: 500 }).advance(60).reading({ batteryPct: 80 }).story).toEqual([]);
  });

  it('a day of stored values in one packet is taken by its own times', () => {
    const e = meter({}, 900);
    for (let i = 0; i <= 12; i++) e.reading({ volumeM3: 5 + i * 0.002 }, (12 - i) * 900);
    expect(kinds(e)).toEqual([RAISE]);
  });
});

describe('whatever a household does', () => {
  it('never raises before two steps that nothing longer than 3 L/h’s step time parts', () => {
    const use = fc.tuple(fc.constantFrom(0, 0, 0, 2, 4, 30, 300), fc.integer({ min: 1, max: 60 }));
    fc.assert(
      fc.property(fc.array(use, { maxLength: 15 }), (uses) => {
        const tap = new Tap(meter());
        const steps: number[] = [];
        for (const [lph, minutes] of uses)
          for (let m = 0; m < minutes; m++) {
            const before = Math.floor(tap.litres);
            tap.run(lph, 1);
            if (Math.floor(tap.litres) > before) steps.push(tap.e.now);
          }
        const first = tap.e.told[0];
        if (first === undefined) return;
        const until = steps.filter((t) => t <= first.finding.since + first.t * 1000);
        const pauses = until.slice(1).map((t, i) => t - (until[i] ?? 0));
        expect(pauses.some((p) => p <= 21 * 60_000)).toBe(true);
        expect(tap.e.told[0]?.finding.kind).toBe('raise');
      }),
      { numRuns: 60 },
    );
  });

  it('leaves the saved state alone while nothing flows', () => {
    const tap = new Tap(meter());
    const before = tap.e.saves;
    expect(tap.run(0, 300).e.saves).toBe(before);
  });
});

describe('visits, gaps and other meters', () => {
  it('what runs during a logged visit is the visitor’s, what ran before is not', () => {
    const visited = new Tap(meter());
    visited.e.device = { ...visited.e.device, visitUntil: visited.e.now + 3_600_000 };
    expect(visited.run(200, 59).run(0, 120).e.story).toEqual([]);
    expect(kinds(visited.run(5, 60).e)).toEqual([RAISE]);
    const running = new Tap(meter()).run(10, 60);
    running.e.device = { ...running.e.device, visitUntil: running.e.now + 3_600_000 };
    expect(running.run(10, 59).e.story).toHaveLength(1);
  });

  it('a tap left running after the visit is found', () => {
    const tap = new Tap(meter());
    tap.e.device = { ...tap.e.device, visitUntil: tap.e.now + 3_600_000 };
    expect(kinds(tap.run(20, 120).e)).toEqual([RAISE]);
  });

  it('a cistern that refills for six minutes is one flush, read every second or every minute', () => {
    for (const intervalS of [1, 60]) {
      const tap = new Tap(meter({}, intervalS, 0.0001), intervalS, 0.1).run(0, 10).run(43, 6).run(0, 90);
      expect(tap.e.story).toEqual([]);
    }
  });

  it('a record that catches up is neither a flow nor a pause', () => {
    const tap = new Tap(meter({}, 3600), 3600);
    const catchUp = (litres: number, hours: number) => {
      tap.e.advance(hours * 3600);
      tap.litres += litres;
      tap.read();
    };
    catchUp(40, 9);
    expect(tap.run(0, 180).e.story).toEqual([]);
    tap.run(3, 60);
    catchUp(27, 9);
    expect(kinds(tap.run(3, 60).e)).toEqual([RAISE]);
  });

  it('a second series under the same name is no water', () => {
    const tap = new Tap(meter({}, 3600), 3600);
    for (let i = 0; i < 24; i++)
      tap.e
        .advance(3600)
        .reading({ volumeM3: 456 + i * 0.2 })
        .reading({ volumeM3: 12.345 });
    expect(tap.e.story).toEqual([]);
  });

  it('a meter with another serial number begins anew', () => {
    const tap = new Tap(meter()).run(5, 18);
    tap.e.reading({ volumeM3: 12.36, serial: 'A' }).reading({ volumeM3: 12.5, serial: 'B' });
    for (let i = 0; i < 90; i++) tap.e.advance(60).reading({ volumeM3: 12.5, serial: 'B' });
    expect(tap.e.story).toEqual([]);
  });
});

describe('what it says of itself', () => {
  const fitness = (registerStepM3: number, over: Partial<Device> = {}) =>
    vacantFlowDetector.fitness?.(meter(over, 900, registerStepM3).device, vacantFlowDetector.initial());
  it('is on where a day shows 3 L/h, notes a coarse register, and is off on one too coarse', () => {
    expect(fitness(0.001)).toEqual({ on: true });
    expect(fitness(0.1)).toMatchObject({ on: true, note: { en: expect.stringContaining('50 L/h') } });
    expect(fitness(1)).toMatchObject({ on: false, why: 'resolution-insufficient' });
    expect(fitness(0.001, { occupancy: 'occupied' })).toMatchObject({ on: false, why: 'not-for-this-place' });
  });

  it('may be set otherwise for a device', () => {
    const strict = { 'meter.vacant-flow.minReads': 6 };
    const at = (overrides: Record<string, number>) => new Tap(meter({ overrides })).run(6, 120).e.told[0]?.t ?? 0;
    expect(at(strict)).toBeGreaterThan(at({}));
  });
});
