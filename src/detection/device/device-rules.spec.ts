import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Device } from '../../estate/device.js';
import type { Detector, DetectorInput } from '../detector.js';
import { DeviceRuntime } from '../device-runtime.js';
import { pipeLeakDetector } from '../pipe/leak.detector.js';
import { chatteringDetector } from './chattering.detector.js';
import { fakeDevice, FakeEngine, START } from './fake-engine.js';
import { lowBatteryDetector } from './low-battery.detector.js';
import { seqGapDetector } from './seq-gap.detector.js';
import { stuckDetector } from './stuck.detector.js';

describe('a battery', () => {
  const EVENT = 'device.low-battery';
  const meter = () => new FakeEngine(lowBatteryDetector, fakeDevice('water-meter'));

  it('is low by the flag of the device or by its charge, until changed', () => {
    const flag = meter()
      .reading({ flags: ['low-battery'] })
      .advance(60)
      .reading({ flags: [] });
    expect(flag.story).toEqual([`raise ${EVENT} @0`, `clear ${EVENT} @60`]);
    const charge = meter().reading({ batteryPct: 20 }).advance(60);
    charge.reading({ batteryPct: 30 }).advance(60).reading({ flags: [] }).advance(60).reading({ batteryPct: 100 });
    expect(charge.story).toEqual([`raise ${EVENT} @0`, `clear ${EVENT} @180`]);
  });

  it('on a cold night and a warm day is one alarm', () => {
    const e = meter();
    for (let i = 0; i < 30; i++) e.reading({ batteryPct: i % 2 ? 24 : 19 }).advance(3600);
    expect(e.story).toHaveLength(1);
  });

  it('of a generic device is told by its channels', () => {
    const e = new FakeEngine(lowBatteryDetector, fakeDevice('generic'));
    expect(e.reading({ channels: { smoke: false, lowBattery: true } }).story).toEqual([`raise ${EVENT} @0`]);
  });
});

describe('lost numbers', () => {
  const EVENT = 'device.seq-gap';
  const device = (overrides = {}) => new FakeEngine(seqGapDetector, fakeDevice('water-meter', { overrides }));
  const gap = (e: ReturnType<typeof device>, missing: number) => e.input({ type: 'gap', missing });

  it('raise once, and are over after an hour without', () => {
    const e = gap(device(), 2).advance(1800);
    gap(e, 3).advance(3600);
    expect(e.story).toEqual([`raise ${EVENT} @0`, `clear ${EVENT} @5400`]);
    expect(e.last?.reason).toContain('5 lost');
  });

  it('on a poor radio may be let pass', () => {
    const e = device({ 'device.seq-gap.lost': 10 });
    for (let i = 0; i < 9; i++) gap(e, 1).advance(600);
    expect(e.story).toEqual([]);
    expect(gap(e, 1).story).toHaveLength(1);
  });
});

describe('an alarm that comes and goes', () => {
  /** A wet sensor with its rules as the engine runs them. */
  function runtime(): { say(wet: boolean, s: number): void; found: string[] } {
    const rules = [pipeLeakDetector, chatteringDetector] as unknown as Detector[];
    const device: Device = fakeDevice('pipe-sensor', { hasSpoken: true });
    const r = new DeviceRuntime(device, rules, undefined);
    const found: string[] = [];
    let now = START;
    const step = (input: DetectorInput): void => {
      for (const f of r.step(input, now)) found.push(`${f.kind} ${f.event} @${(now - START) / 1000}`);
    };
    return {
      found,
      say(wet, s) {
        step({ type: 'reading', values: { wet }, at: now, observedAt: now });
        const until = now + s * 1000;
        while (r.nextDue <= until) {
          now = r.nextDue;
          step({ type: 'tick' });
        }
        now = until;
      },
    };
  }

  it('three times in a minute chatters, and is over after ten minutes without', () => {
    const r = runtime();
    for (let i = 0; i < 4; i++) {
      r.say(true, 11);
      r.say(false, 5);
    }
    r.say(false, 1200);
    const of = (event: string) => r.found.filter((f) => f.includes(event));
    expect(of('pipe.leak')).toHaveLength(8);
    expect(of('device.chattering')).toEqual(['raise device.chattering @43', 'clear device.chattering @659']);
  });

  it('twice, or slowly, does not', () => {
    const r = runtime();
    for (let i = 0; i < 20; i++) {
      r.say(true, 12);
      r.say(false, 19);
    }
    expect(r.found.filter((f) => f.includes('chattering'))).toEqual([]);
  });
});

describe('a value that never moves', () => {
  const EVENT = 'device.stuck';
  const HOUR = 3600;
  const pipe = () => new FakeEngine(stuckDetector, fakeDevice('pipe-sensor'));
  const meter = (over: Partial<Device> = {}) =>
    new FakeEngine(
      stuckDetector,
      fakeDevice('water-meter', {
        unit: 'u1',
        occupancy: 'occupied',
        attributes: { expectedIntervalS: 900, capabilities: [] },
        ...over,
      }),
    );

  it('of a pressure gauge is stuck after 48 h, and moves again', () => {
    const e = pipe();
    for (let i = 0; i < 60; i++) e.reading({ pressureMpa: 0.31 }).advance(HOUR);
    expect(e.story).toEqual([`raise ${EVENT} @${48 * HOUR}`]);
    expect(e.last?.evidence).toMatchObject({ field: 'pressureMpa', value: 0.31, hours: 48 });
    expect(e.reading({ pressureMpa: 0.3 }).story[1]).toBe(`clear ${EVENT} @${60 * HOUR}`);
  });

  it('moves by its last digit once a day: not stuck; a level, a dry floor and a closed tap may rest', () => {
    const e = pipe();
    for (let i = 0; i < 500; i++) {
      e.reading({ pressureMpa: i % 24 ? 0.31 : 0.311, levelPct: 5, wet: false, flowLps: 0 }).advance(HOUR);
    }
    expect(e.story).toEqual([]);
  });

  it('of a register in an empty unit is as it should be, in a lived-in one it is stuck after 30 days', () => {
    const still = (over?: Partial<Device>) => {
      const e = meter(over);
      for (let i = 0; i < 40; i++) e.reading({ volumeM3: 12 }).advance(24 * HOUR);
      return e.story;
    };
    expect(still()).toEqual([`raise ${EVENT} @${30 * 24 * HOUR}`]);
    expect(still({ occupancy: 'vacant' })).toEqual([]);
    expect(still({ occupancy: 'renovating' })).toEqual([]);
    expect(still({ unit: null, occupancy: null })).toEqual([]);
    expect(still({ awayUntil: START + 60 * 24 * HOUR * 1000 })).toEqual([]);
  });

  it('of a meter whose people move out is forgotten', () => {
    const e = meter();
    for (let i = 0; i < 31; i++) e.reading({ volumeM3: 12 }).advance(24 * HOUR);
    e.device = { ...e.device, occupancy: 'vacant' };
    expect(e.reading({ volumeM3: 12 }).last?.kind).toBe('clear');
  });

  it('costs a healthy sensor two writes an hour at most', () => {
    const e = pipe();
    const before = e.saves;
    for (let i = 0; i < 3600; i++) e.reading({ pressureMpa: 0.3 + (i % 7) / 1000 }).advance(10);
    expect(e.saves - before).toBeLessThanOrEqual(21);
    expect(e.story).toEqual([]);
  });

  it('never raises unless every reading of 48 h was the same', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.31), { maxLength: 60 }), (values) => {
        const e = pipe();
        values.forEach((pressureMpa) => e.reading({ pressureMpa }).advance(6 * HOUR));
        for (const { t, finding } of e.told.filter((x) => x.finding.kind === 'raise')) {
          const last = Math.round(t / (6 * HOUR));
          const seen = values.slice(last - 8, last + 1);
          expect(new Set(seen).size).toBe(1);
          expect(finding.since).toBeLessThanOrEqual(START + (t - 48 * HOUR) * 1000);
        }
      }),
    );
  });
});
