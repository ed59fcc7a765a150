import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EVENTS, PRIORITIES, type EventName } from '../kernel/events.js';
import { isSameLeak, swallowers, type LeakSign } from './correlation.js';

const event = fc.constantFrom(...(Object.keys(EVENTS) as EventName[]));
const sign = fc.record({
  event,
  priority: fc.constantFrom(...PRIORITIES),
  raisedAt: fc.integer({ min: 0, max: 600_000 }),
});
const leak = (name: EventName, atS: number): LeakSign => ({ event: name, priority: 'P2', raisedAt: atS * 1000 });

describe('a building without power', () => {
  it('explains that its devices are silent and its lifts without mains', () => {
    expect(swallowers('device.offline', 'P4')).toEqual(['building.power-lost', 'building.comms-lost']);
    expect(swallowers('elevator.power-lost', 'P2')).toEqual(['building.power-lost']);
    expect(swallowers('elevator.emergency-power', 'P3')).toEqual(['building.power-lost']);
  });

  it('explains nothing else', () => {
    expect(swallowers('pipe.leak', 'P2')).toEqual([]);
    expect(swallowers('building.power-lost', 'P2')).toEqual([]);
  });

  it('never swallows a P1, whatever it is', () => {
    fc.assert(fc.property(event, (e) => swallowers(e, 'P1').length === 0));
  });
});

describe('one leak', () => {
  it('is a wet sensor, a pressure drop and spinning meters within two minutes', () => {
    expect(isSameLeak(leak('pipe.leak', 0), leak('meter.vacant-flow', 120))).toBe(true);
    expect(isSameLeak(leak('meter.burst', 60), leak('pipe.burst', 0))).toBe(true);
    expect(isSameLeak(leak('pipe.leak', 0), leak('pipe.leak', 121))).toBe(false);
    expect(isSameLeak(leak('pipe.leak', 0), leak('pipe.backflow', 1))).toBe(false);
  });

  it('never takes in a P1', () => {
    fc.assert(fc.property(sign, sign, (a, b) => !(isSameLeak(a, b) && (a.priority === 'P1' || b.priority === 'P1'))));
  });
});
