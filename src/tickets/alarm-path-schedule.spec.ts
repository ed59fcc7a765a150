import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hours } from '../kernel/durations.js';
import { alarmPathStep, PROVED_WITHIN_MS } from './alarm-path-schedule.js';

const T = Date.UTC(2026, 0, 5);
const state = { provedAt: T, fails: 0, how: 'command' as const };

describe('the alarm path of a lift', () => {
  it('is asked for 6 h before its 72 h are over, and left in peace before', () => {
    expect(alarmPathStep(state, T + hours(65))).toEqual({ ask: false, raise: null, wakeAt: T + hours(66) });
    expect(alarmPathStep(state, T + hours(66))).toMatchObject({ ask: true, raise: null });
  });
  it('a person is asked a day before', () => {
    expect(alarmPathStep({ ...state, how: 'press' }, T + hours(48))).toEqual({
      ask: true,
      raise: null,
      wakeAt: T + hours(72),
    });
  });
  it('one failure is tried again within the hour, two in a row are raised', () => {
    expect(alarmPathStep({ ...state, fails: 1 }, T + hours(66))).toEqual({
      ask: true,
      raise: null,
      wakeAt: T + hours(67),
    });
    expect(alarmPathStep({ ...state, fails: 2 }, T + hours(67)).raise).toMatch(/2 tests .* failed/);
  });
  it('is raised at 72 h, whatever has happened', () => {
    fc.assert(
      fc.property(fc.constantFrom('command', 'press'), fc.nat(5), fc.nat(hours(500)), (how, fails, late) => {
        const d = alarmPathStep({ provedAt: T, fails, how }, T + PROVED_WITHIN_MS + late);
        expect(d).toMatchObject({ ask: true, raise: expect.any(String) });
      }),
    );
  });
  it('always looks again later, and never sleeps through the end of the 72 h', () => {
    fc.assert(
      fc.property(fc.constantFrom('command', 'press'), fc.nat(5), fc.nat(hours(300)), (how, fails, after) => {
        const now = T + after;
        const { wakeAt } = alarmPathStep({ provedAt: T, fails, how }, now);
        expect(wakeAt).toBeGreaterThan(now);
        if (now < T + PROVED_WITHIN_MS) expect(wakeAt).toBeLessThanOrEqual(T + PROVED_WITHIN_MS);
      }),
    );
  });
});
