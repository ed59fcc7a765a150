import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DeviceAttributes, Occupancy } from '../../estate/device.js';
import { QUIET } from '../device/held-alarm.js';
import { fakeDevice, FakeEngine } from '../device/fake-engine.js';
import { backflowDetector } from './backflow.detector.js';
import { freezeRiskDetector } from './freeze-risk.detector.js';
import { pressureHighDetector, pressureLowDetector } from './pressure.detector.js';

const device = (role: DeviceAttributes['role'], occupancy: Occupancy | null = null, expectedIntervalS = 10) =>
  fakeDevice('pipe-sensor', { occupancy, attributes: { expectedIntervalS, capabilities: [], role } });

describe('the pressure at a dwelling', () => {
  const low = (role: DeviceAttributes['role'] = 'dwelling-inlet', intervalS = 10) =>
    new FakeEngine(pressureLowDetector, device(role, null, intervalS));
  const at = (e: ReturnType<typeof low>, pressureMpa: number, s: number) => {
    for (let i = 0; i < s; i += 10) e.reading({ pressureMpa }).advance(10);
    return e;
  };

  it('too low for 5 min is told, and over after 5 min in range', () => {
    const e = at(low(), 0.09, 400);
    expect(e.story).toEqual(['raise pipe.pressure-low @300']);
    expect(e.last?.evidence).toMatchObject({ pressureMpa: 0.09, limitMpa: 0.1 });
    expect(at(e, 0.2, 300).story[1]).toBe('clear pipe.pressure-low @700');
  });

  it('at the limits it is in range', () => {
    expect(at(low(), 0.1, 600).story).toEqual([]);
    const high = new FakeEngine(pressureHighDetector, device('dwelling-inlet'));
    expect(at(high, 0.35, 600).story).toEqual([]);
    expect(at(high, 0.36, 600).story).toEqual(['raise pipe.pressure-high @900']);
  });

  it('from too low to too high is not in range', () => {
    const e = at(at(low(), 0.05, 310), 0.4, 1000);
    expect(e.story).toEqual(['raise pipe.pressure-low @300']);
  });

  it('of a riser that a plumber drains is another matter', () => {
    expect(at(low('riser'), 0, 3600).story).toEqual([]);
    expect(pressureLowDetector.fitness?.(device('riser'), QUIET)).toMatchObject({ why: 'not-for-this-place' });
  });

  it('a bouncing sensor never holds', () => {
    const e = low();
    for (let i = 0; i < 100; i++) e.reading({ pressureMpa: i % 20 === 0 ? 0.2 : 0.01 }).advance(10);
    expect(e.story).toEqual([]);
  });

  it('one word of a slow sensor proves nothing, a second does', () => {
    const e = low('dwelling-inlet', 900).reading({ pressureMpa: 0.01 }).advance(900);
    expect(e.story).toEqual([]);
    expect(e.reading({ pressureMpa: 0.01 }).story).toEqual(['raise pipe.pressure-low @900']);
  });

  it('too high still after a person ended it is told again', () => {
    const e = at(low(), 0.05, 310).end('pipe.pressure-low');
    expect(at(e, 0.05, 200).story).toEqual(['raise pipe.pressure-low @300', 'raise pipe.pressure-low @430']);
    expect(e.last?.paging).toBe('coordinator-first');
  });

  it('never raises unless it was too low, at every reading, for 5 min', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0.05, 0.05, 0.05, 0.05, 0.2), { maxLength: 120 }), (values) => {
        const e = low();
        let lowFor = 0;
        let raises = 0;
        let okFor = 0;
        let open = false;
        for (const pressureMpa of values) {
          e.reading({ pressureMpa }).advance(10);
          lowFor = pressureMpa < 0.1 ? lowFor + 10 : 0;
          okFor = pressureMpa < 0.1 ? 0 : okFor + 10;
          if (!open && lowFor >= 300) {
            open = true;
            raises++;
          }
          if (open && okFor >= 300) open = false;
        }
        expect(e.told.filter((t) => t.finding.kind === 'raise')).toHaveLength(raises);
      }),
    );
  });
});

describe('a pipe that may freeze', () => {
  const pipe = (occupancy: Occupancy | null = null) =>
    new FakeEngine(freezeRiskDetector, device('riser', occupancy, 600));
  const at = (e: ReturnType<typeof pipe>, pipeTempC: number, min: number) => {
    for (let i = 0; i < min; i += 10) e.reading({ pipeTempC }).advance(600);
    return e;
  };

  it('at 2 °C for 30 min is told, P2 where nobody lives, over after 2 h above 4 °C', () => {
    const e = at(pipe(), 2, 40);
    expect(e.story).toEqual(['raise pipe.freeze-risk @1800']);
    expect(e.last?.priority).toBe('P3');
    at(e, 4, 240);
    expect(e.story).toHaveLength(1);
    expect(at(e, 4.5, 130).story[1]).toBe(`clear pipe.freeze-risk @${2400 + 14_400 + 7200}`);
    expect(at(pipe('vacant'), 1, 40).last?.priority).toBe('P2');
  });

  it('becomes urgent when the tenant moves out meanwhile', () => {
    const e = at(pipe('leased'), 0, 40);
    e.device = device('riser', 'vacant', 600);
    expect(at(e, 0, 10).last).toMatchObject({ kind: 'update', priority: 'P2' });
    expect(at(e, 0, 60).told).toHaveLength(2);
  });

  it('a window opened for airing is no frost', () => {
    const e = pipe();
    for (let i = 0; i < 20; i++) at(at(e, 1, 20), 3, 10);
    expect(e.story).toEqual([]);
  });
});

describe('a drain', () => {
  const drain = (role: DeviceAttributes['role'] = 'drain') => new FakeEngine(backflowDetector, device(role));

  it('wet for 10 min is a backflow; a shower is not', () => {
    expect(drain().reading({ wet: true }).advance(599).reading({ wet: false }).advance(600).story).toEqual([]);
    const e = drain().reading({ wet: true }).advance(700);
    expect(e.story).toEqual(['raise pipe.backflow @600']);
    expect(e.reading({ wet: false }).story[1]).toBe('clear pipe.backflow @700');
  });

  it('at 80 % of its overflow is one, until below 50 %', () => {
    const e = drain().reading({ levelPct: 80 }).advance(10).reading({ levelPct: 60 }).advance(60);
    expect(e.story).toEqual(['raise pipe.backflow @10']);
    expect(e.reading({ levelPct: 49 }).story[1]).toBe('clear pipe.backflow @70');
    expect(drain().reading({ levelPct: 79 }).advance(9999).story).toEqual([]);
  });

  it('a gauge that jumps for one reading says nothing', () => {
    const e = drain();
    for (let i = 0; i < 20; i++) e.reading({ levelPct: 100 }).advance(5).reading({ levelPct: 20 }).advance(5);
    expect(e.story).toEqual([]);
  });

  it('by both signs it is one alarm, over when neither is left', () => {
    const e = drain().reading({ wet: true, levelPct: 90 }).advance(700);
    expect(e.story).toEqual(['raise pipe.backflow @10', 'update pipe.backflow @600']);
    e.reading({ levelPct: 10 });
    expect(e.story).toHaveLength(2);
    expect(e.reading({ wet: false }).story[2]).toBe('clear pipe.backflow @700');
  });

  it('elsewhere only the level counts', () => {
    expect(drain('riser').reading({ wet: true }).advance(9999).story).toEqual([]);
    expect(drain('riser').reading({ levelPct: 95 }).advance(10).story).toEqual(['raise pipe.backflow @10']);
  });

  it('never raises before ten wet minutes on end', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 900 })), { maxLength: 30 }), (play) => {
        const e = drain();
        let wetFor = 0;
        let expected = 0;
        for (const [wet, s] of play) {
          e.reading({ wet }).advance(s);
          if (wet && wetFor < 600 && wetFor + s >= 600) expected++;
          wetFor = wet ? wetFor + s : 0;
        }
        expect(e.told.filter(({ finding }) => finding.kind === 'raise')).toHaveLength(expected);
      }),
    );
  });
});
