import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LoginThrottle } from './login-throttle.js';

describe('the login throttle', () => {
  it('closes at the fifth failure and opens a minute after the first', () => {
    const throttle = new LoginThrottle();
    const closedAt = [0, 1000, 2000, 3000, 4000].map((at) => throttle.failed('k', at));
    expect(closedAt).toEqual([false, false, false, false, true]);
    expect(throttle.waitMs('k', 4000)).toBe(56_000);
    expect(throttle.waitMs('k', 59_999)).toBe(1);
    expect(throttle.waitMs('k', 60_000)).toBe(0);
  });

  it('counts each user name and address for itself, and forgets after a success', () => {
    const throttle = new LoginThrottle();
    for (let i = 0; i < 5; i++) throttle.failed('a', i);
    expect(throttle.waitMs('b', 5)).toBe(0);
    throttle.succeeded('a');
    expect(throttle.waitMs('a', 5)).toBe(0);
  });

  it('is closed exactly while five failures lie within the last minute', () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 40_000 }), { maxLength: 60 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 0, max: 70_000 }), (steps, later) => {
        const throttle = new LoginThrottle();
        let at = 0;
        const times = steps.map((s) => (at += s));
        for (const t of times) throttle.failed('k', t);
        const now = at + later;
        const within = times.filter((t) => t > now - 60_000).length;
        expect(throttle.waitMs('k', now) > 0).toBe(within >= 5);
      }),
    );
  });

  it('keeps a bounded number of names, and of those the newest', () => {
    const throttle = new LoginThrottle();
    for (let i = 0; i < 5; i++) throttle.failed('first', i);
    for (let i = 0; i < 10_000; i++) throttle.failed(`name ${i}`, 10);
    expect(throttle.waitMs('first', 11)).toBe(0);
    for (let i = 0; i < 4; i++) throttle.failed('name 9999', 11);
    expect(throttle.waitMs('name 9999', 12)).toBeGreaterThan(0);
  });
});
