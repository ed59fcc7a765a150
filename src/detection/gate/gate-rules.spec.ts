import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fakeDevice, FakeEngine, START } from '../device/fake-engine.js';
import type { GateValues } from '../../telemetry/reading.js';
import { deniedBurstDetector } from './denied-burst.detector.js';
import { forcedOpenDetector } from './forced-open.detector.js';
import { gateTamperDetector } from './tamper.detector.js';

const door = (egressMonitored = true) =>
  fakeDevice('gate', { attributes: { expectedIntervalS: 30, capabilities: [], egressMonitored } });

describe('a door that opens', () => {
  const EVENT = 'gate.forced-open';
  const watched = (monitored = true) =>
    new FakeEngine(forcedOpenDetector, door(monitored)).reading({ position: 'closed', mode: 'locked' }).advance(100);

  it('without a grant or a request to exit within 2 s was forced', () => {
    const e = watched().reading({ position: 'open' }).advance(60);
    expect(e.story).toEqual([`raise ${EVENT} @102`]);
    expect(e.last?.since).toBe(START + 100_000);
    expect(e.reading({ position: 'closed' }).story[1]).toBe(`clear ${EVENT} @160`);
  });

  it.each<[string, GateValues]>([
    ['a grant', { access: 'granted' }],
    ['a request to exit', { egress: true }],
    ['a duress code, which has an alarm of its own', { access: 'duress' }],
    ['word that it is unlocked', { mode: 'unlocked' }],
    ['word that it was accessed', { mode: 'accessed' }],
  ])('with %s up to 2 s before or after was not', (_, leave) => {
    expect(watched().reading(leave).advance(2).reading({ position: 'open' }).advance(60).story).toEqual([]);
    const after = watched().reading({ position: 'open' }).advance(1).reading(leave);
    expect(after.advance(60).story).toEqual([]);
  });

  it('long after the last grant was', () => {
    const e = watched().reading({ access: 'granted' }).advance(3).reading({ position: 'open' }).advance(60);
    expect(e.story).toEqual([`raise ${EVENT} @105`]);
  });

  it('and closes at once is a contact that bounces, or somebody who tried it', () => {
    const e = watched();
    for (let i = 0; i < 20; i++) e.reading({ position: 'open' }).advance(1).reading({ position: 'closed' }).advance(1);
    expect(e.story).toEqual([]);
  });

  it('is not watched where leaving is not, while it is unlocked, or when nobody saw it closed', () => {
    expect(watched(false).reading({ position: 'open' }).advance(60).story).toEqual([]);
    const delivery = watched().reading({ mode: 'unlocked' });
    for (let i = 0; i < 9; i++) delivery.reading({ position: 'open' }).advance(9).reading({ position: 'closed' });
    expect(delivery.story).toEqual([]);
    const unknown = new FakeEngine(forcedOpenDetector, door()).reading({ position: 'open' }).advance(60);
    expect(unknown.story).toEqual([]);
    expect(forcedOpenDetector.fitness?.(door(false), unknown.state)).toMatchObject({ why: 'not-for-this-place' });
  });

  it('is asked about again when it stands open 120 s after a person ended it', () => {
    const e = watched().reading({ position: 'open' }).advance(10).end(EVENT).advance(300);
    expect(e.story).toEqual([`raise ${EVENT} @102`, `raise ${EVENT} @230`]);
    const shut = watched().reading({ position: 'open' }).advance(10).end(EVENT).reading({ position: 'closed' });
    expect(shut.advance(300).story).toHaveLength(1);
  });

  it('while we were away gets its 2 s for what would explain it', () => {
    const e = watched().reading({ position: 'open' }).restart(60).advance(1).reading({ access: 'granted' });
    expect(e.advance(60).story).toEqual([]);
  });

  it('never raises without an opening that nothing explains', () => {
    const moves = fc.constantFrom<GateValues>(
      { position: 'open' },
      { position: 'closed' },
      { access: 'granted' },
      { egress: true },
      { position: 'moving' },
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(moves, fc.integer({ min: 1, max: 9 })), { maxLength: 40 }), (play) => {
        const e = watched();
        const leaves: number[] = [];
        const opened: number[] = [];
        let closed = true;
        for (const [values, s] of play) {
          if (values.access || values.egress) leaves.push(e.now);
          if (values.position === 'open' && closed) opened.push(e.now);
          if (values.position === 'open') closed = false;
          if (values.position === 'closed') closed = true;
          e.reading(values).advance(s);
        }
        for (const { finding } of e.told.filter((t) => t.finding.kind === 'raise')) {
          expect(opened).toContain(finding.since);
          expect(leaves.some((t) => Math.abs(t - finding.since) < 2000)).toBe(false);
        }
      }),
    );
  });
});

describe('denials at a gate', () => {
  const EVENT = 'gate.denied-burst';
  const gate = () => new FakeEngine(deniedBurstDetector, fakeDevice('gate'));
  const denied = (e: ReturnType<typeof gate>, n: number, everyS: number) => {
    for (let i = 0; i < n; i++) e.reading({ access: 'denied' }).advance(everyS);
    return e;
  };

  it('five within 60 s are a burst, over a minute after the last', () => {
    expect(denied(gate(), 5, 15).advance(60).story).toEqual([`raise ${EVENT} @60`, `clear ${EVENT} @120`]);
    expect(denied(gate(), 30, 16).story).toEqual([]);
    expect(denied(gate(), 4, 1).advance(99).story).toEqual([]);
  });

  it('that go on are one burst', () => {
    expect(denied(gate(), 50, 5).story).toEqual([`raise ${EVENT} @20`]);
  });

  it('after a person ended it need to be five again', () => {
    const e = denied(gate(), 6, 5).end(EVENT);
    expect(denied(e, 4, 5).story).toHaveLength(1);
    expect(denied(e, 1, 5).story).toHaveLength(2);
  });

  it('raises exactly when five fall into a minute', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 40 }), (gaps) => {
        const e = gate();
        const at: number[] = [];
        let burst = false;
        for (const gap of gaps) {
          at.push(e.now);
          const fifth = at.at(-5);
          burst ||= fifth !== undefined && e.now - fifth <= 60_000;
          e.reading({ access: 'denied' }).advance(gap);
        }
        expect(e.told.some((t) => t.finding.kind === 'raise')).toBe(burst);
      }),
    );
  });
});

describe('a tampered gate', () => {
  it('is told at once, and over when its contact closes', () => {
    const e = new FakeEngine(gateTamperDetector, fakeDevice('gate')).reading({ tamper: true }).advance(5);
    expect(e.reading({ tamper: false }).story).toEqual(['raise gate.tamper @0', 'clear gate.tamper @5']);
  });
});
