import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fakeDevice, FakeEngine, START } from '../device/fake-engine.js';
import type { GateValues } from '../../telemetry/reading.js';
import { barrierStuckDetector } from './barrier-stuck.detector.js';

const EVENT = 'gate.barrier-stuck';
/** The play begins at 10:00 in Shanghai. */
const barrier = (vehicle = true) =>
  new FakeEngine(
    barrierStuckDetector,
    fakeDevice('gate', { attributes: { expectedIntervalS: 30, capabilities: [], vehicle } }),
  ).reading({ position: 'closed', loopOccupied: false, vehicleWaiting: false });
const passes = (e: ReturnType<typeof barrier>) =>
  e
    .reading({ position: 'moving', command: 'open', loopOccupied: true })
    .advance(2)
    .reading({ position: 'open' })
    .advance(5)
    .reading({ position: 'moving', command: 'close', loopOccupied: false })
    .advance(2)
    .reading({ position: 'closed' })
    .advance(3);

describe('a barrier', () => {
  it('that does not reach what it was told in 10 s is stuck', () => {
    const e = barrier().reading({ command: 'open' }).advance(60);
    expect(e.story).toEqual([`raise ${EVENT} @10`]);
    expect(e.last).toMatchObject({ priority: 'P3', evidence: { target: 'open', position: 'closed' } });
    expect(barrier().reading({ command: 'open' }).advance(9).reading({ position: 'open' }).advance(99).story).toEqual(
      [],
    );
  });

  it('told again and again is not forgiven each time', () => {
    const e = barrier();
    for (let i = 0; i < 5; i++) e.reading({ command: 'open' }).advance(4);
    expect(e.story).toEqual([`raise ${EVENT} @10`]);
  });

  it('need not close on what stands under it: a delivery queue', () => {
    const e = barrier().reading({ position: 'open', command: 'open', loopOccupied: true });
    for (let i = 0; i < 30; i++) e.reading({ command: 'close', loopOccupied: true }).advance(8);
    expect(e.story).toEqual([]);
    expect(e.reading({ loopOccupied: false }).advance(10).story).toEqual([`raise ${EVENT} @250`]);
  });

  it('that says it is broken is believed at once', () => {
    const e = barrier().reading({ fault: true }).advance(60);
    expect(e.story).toEqual([`raise ${EVENT} @0`]);
    // One that takes no orders proves itself by the fault's end.
    expect(e.reading({ fault: false }).story[1]).toBe(`clear ${EVENT} @60`);
  });

  it('works again when it has done twice what it was told; standing where it should be is no proof', () => {
    const e = barrier().reading({ command: 'open' }).advance(60);
    e.reading({ command: 'close' }).advance(5).reading({ command: 'close' }).advance(5);
    expect(e.story).toHaveLength(1);
    e.reading({ command: 'open' }).advance(2).reading({ position: 'open' });
    expect(e.story).toHaveLength(1);
    e.advance(2).reading({ command: 'close' }).advance(2).reading({ position: 'closed' });
    expect(e.story[1]).toBe(`clear ${EVENT} @76`);
  });

  it('checked by hand is over, unless it is stuck even then', () => {
    const e = barrier().reading({ command: 'open' }).advance(60).reading({ position: 'open' }).end(EVENT);
    expect(e.advance(600).story).toHaveLength(1);
    const still = barrier().reading({ command: 'open' }).advance(60).end(EVENT).advance(600);
    expect(still.story).toEqual([`raise ${EVENT} @10`, `raise ${EVENT} @180`]);
  });

  it('is urgent when a vehicle waits for 120 s', () => {
    const e = barrier().reading({ vehicleWaiting: true, command: 'open' }).advance(600);
    expect(e.told.map((t) => [t.t, t.finding.kind, t.finding.priority])).toEqual([
      [10, 'raise', 'P3'],
      [120, 'update', 'P2'],
    ]);
    const came = barrier().reading({ vehicleWaiting: true }).advance(100).reading({ vehicleWaiting: false });
    expect(came.advance(100).reading({ command: 'open' }).advance(20).last?.priority).toBe('P3');
  });

  it('is urgent at rush hour by its own clock, and becomes so when that begins', () => {
    const at = (hh: number, mm: number) => {
      const e = barrier();
      e.now = START + ((hh + 14) * 60 + mm) * 60_000;
      return e.reading({ command: 'open' }).advance(10).last?.priority;
    };
    expect([at(6, 58), at(7, 0), at(8, 59), at(9, 0)]).toEqual(['P3', 'P2', 'P2', 'P3']);
    expect([at(16, 58), at(17, 0), at(19, 29), at(19, 30)]).toEqual(['P3', 'P2', 'P2', 'P3']);
    const e = barrier();
    e.now = START + (6 * 60 + 30) * 60_000;
    e.reading({ command: 'open' }).advance(40 * 60);
    expect(e.told.map((t) => t.finding.priority)).toEqual(['P3', 'P2']);
    expect(e.told[1]?.t).toBe(7 * 3600);
  });

  it('of a door is never urgent', () => {
    const e = barrier(false);
    e.now = START + 7.5 * 3_600_000;
    expect(
      e
        .reading({ fault: true })
        .advance(600)
        .told.map((t) => t.finding.priority),
    ).toEqual(['P3']);
  });

  it('in daily traffic is quiet', () => {
    const e = barrier();
    for (let i = 0; i < 50; i++) passes(e);
    expect(e.story).toEqual([]);
  });

  it('an idle barrier is saved no more than it changes', () => {
    const e = barrier();
    const before = e.saves;
    const values: GateValues = { position: 'closed', loopOccupied: false, vehicleWaiting: false, fault: false };
    for (let i = 0; i < 50; i++) e.reading(values).advance(30);
    expect(e.saves).toBe(before);
  });

  it('never raises while it has always obeyed within 10 s and said nothing of a fault', () => {
    const order = fc.constantFrom<'open' | 'close'>('open', 'close');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(order, fc.integer({ min: 0, max: 9 }), fc.nat(60)), { maxLength: 30 }),
        (orders) => {
          const e = barrier();
          for (const [command, s, pause] of orders) {
            e.reading({ command }).advance(s);
            e.reading({ position: command === 'open' ? 'open' : 'closed' }).advance(pause);
          }
          expect(e.story).toEqual([]);
        },
      ),
    );
  });
});
