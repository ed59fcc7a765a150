import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { detectorsFor } from './device-detectors.js';
import type { Detector, DetectorInput } from './detector.js';
import { DeviceRuntime, GRACE_MS, type StoredStates } from './device-runtime.js';
import { fakeDevice, START } from './device/fake-engine.js';
import { trapped, boarding, parked } from './elevator/fake-lift.js';

interface Heard {
  readonly heardAt: number | null;
  readonly dueAt: number | null;
}
const told: { id: string; now: number; type: DetectorInput['type'] }[] = [];

/** Notes what it is told; asks to be woken so long after each reading. */
const listener = (id: string, wakeAfterMs: number | null, version = 1): Detector<Heard> => ({
  id,
  version,
  kinds: ['elevator'],
  events: [],
  initial: () => ({ heardAt: null, dueAt: null }),
  step(state, input, now) {
    told.push({ id, now, type: input.type });
    const dueAt = input.type === 'reading' && wakeAfterMs !== null ? now + wakeAfterMs : state.dueAt;
    const next = input.type === 'tick' ? { heardAt: state.heardAt, dueAt: null } : { heardAt: now, dueAt };
    const same = input.type === 'resumed';
    return { state: same ? state : next, findings: [], deadline: same ? state.dueAt : next.dueAt };
  },
});

const lift = fakeDevice('elevator', { hasSpoken: true });
const reading = (at: number): DetectorInput => ({ type: 'reading', values: {}, at, observedAt: at });
function runtime(...detectors: Detector<Heard>[]): DeviceRuntime {
  told.length = 0;
  return new DeviceRuntime(lift, detectors as unknown as Detector[], undefined);
}

describe('the rules of one device', () => {
  it('see a clock that never runs backwards, whatever times they are stepped at', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1 }), (times) => {
        const r = runtime(listener('a', null));
        for (const t of times) r.step(reading(t), t);
        const seen = told.map((x) => x.now);
        expect(seen).toEqual(times.map((_, i) => Math.max(...times.slice(0, i + 1))));
      }),
    );
  });

  it('leave the states of before to who holds them: what is not committed can be taken back', () => {
    const r = runtime(listener('a', 100), listener('b', null));
    r.step(reading(1), 1);
    const before = r.states;
    const copy = structuredClone(before);
    r.step(reading(2), 2);
    expect(before).toEqual(copy);
    expect(r.states).not.toBe(before);
    expect(r.version).toBe(2);
  });

  it('that change nothing leave the same states and version, so that nothing is saved', () => {
    const r = runtime(listener('a', null));
    r.step(reading(1), 1);
    const { states, version } = r;
    r.step({ type: 'resumed' }, 2);
    expect(r.states).toBe(states);
    expect(r.version).toBe(version);
  });

  it('are woken at the earliest time that one of them asked for', () => {
    const r = runtime(listener('a', 500), listener('b', 200), listener('c', null));
    r.step(reading(1000), 1000);
    expect([r.nextDue, r.isDue(1199), r.isDue(1200)]).toEqual([1200, false, true]);
  });

  it('a tick reaches only who asked for one, and the others keep their time', () => {
    const r = runtime(listener('a', 500), listener('b', 200), listener('c', null));
    r.step(reading(1000), 1000);
    told.length = 0;
    r.step({ type: 'tick' }, 1200);
    expect(told.map((x) => x.id)).toEqual(['b']);
    expect(r.nextDue).toBe(1500);
    r.step({ type: 'tick' }, 1500);
    expect(r.nextDue).toBe(Infinity);
  });
});

describe('after a resumption', () => {
  it('an overdue hold waits at most 3 s for the next reading', () => {
    const r = runtime(listener('a', 100));
    r.step(reading(1000), 1000);
    r.step({ type: 'resumed' }, 60_000);
    expect([r.isDue(60_000), r.isDue(60_000 + GRACE_MS - 1), r.isDue(60_000 + GRACE_MS)]).toEqual([
      ...[false, false],
      true,
    ]);
  });

  it('and not at all once the device has spoken', () => {
    const r = runtime(listener('a', 100), listener('b', 100));
    r.step(reading(1000), 1000);
    r.step({ type: 'resumed' }, 60_000);
    r.step(reading(60_001), 60_001);
    expect(r.isDue(60_101)).toBe(true);
  });
});

describe('stored states', () => {
  it('hold what the rules of a lift remember of its car once, and give it back to each of them', () => {
    const device = fakeDevice('elevator', { attributes: { expectedIntervalS: 5, capabilities: ['door-events'] } });
    const rules = detectorsFor('elevator');
    const r = new DeviceRuntime(device, rules, undefined);
    for (const values of [boarding(), trapped()])
      r.step({ type: 'reading', values, at: START, observedAt: START }, START);
    const text = JSON.stringify(r.stored(r.states));
    const inEach = r.states.filter((s) => JSON.stringify(s).includes('"occupancy"'));
    expect(inEach.length).toBeGreaterThan(3);
    expect(text.match(/"occupancy"/g)).toHaveLength(1);
    const back = new DeviceRuntime(device, rules, { version: 1, states: JSON.parse(text) as StoredStates });
    expect(back.states).toEqual(r.states);
  });

  it('of the same version are taken up, of another dropped for the initial one', () => {
    const stored = { version: 7, states: { a: { v: 1, s: { heardAt: 5, dueAt: null } }, b: { v: 1, s: 'old' } } };
    const r = new DeviceRuntime(lift, [listener('a', null), listener('b', null, 2)] as unknown as Detector[], stored);
    expect(r.states).toEqual([
      { heardAt: 5, dueAt: null },
      { heardAt: null, dueAt: null },
    ]);
    expect(r.version).toBe(7);
    expect(r.stored(r.states)).toEqual({ a: { v: 1, s: { heardAt: 5 } } });
  });

  it('law 4: a restart at any time changes nothing of what a lift’s rules find', () => {
    const scene = fc.array(
      fc.record({
        says: fc.constantFrom(
          parked(),
          boarding(),
          trapped(),
          trapped({ doorZone: true }),
          trapped({ alarmButton: true }),
        ),
        afterS: fc.integer({ min: 1, max: 40 }),
        restart: fc.boolean(),
      }),
      { maxLength: 12 },
    );
    const play = (steps: typeof scene extends fc.Arbitrary<infer T> ? T : never, restarts: boolean): string[] => {
      // No silence is played: what a restart excuses is another question (domain §4).
      const device = fakeDevice('elevator', { attributes: { expectedIntervalS: 60, capabilities: ['door-events'] } });
      let r = new DeviceRuntime(device, detectorsFor('elevator'), undefined);
      const found: string[] = [];
      const note = (now: number, input: DetectorInput): void => {
        for (const f of r.step(input, now)) found.push(`${f.kind} ${f.event} ${now - START}`);
      };
      let now = START;
      for (const s of steps) {
        note(now, { type: 'reading', values: s.says, at: now, observedAt: now });
        if (restarts && s.restart) {
          const kept = JSON.parse(JSON.stringify(r.stored(r.states))) as ReturnType<DeviceRuntime['stored']>;
          r = new DeviceRuntime({ ...device, hasSpoken: true }, detectorsFor('elevator'), {
            version: r.version,
            states: kept,
          });
          // The device speaks on at once, as it would have anyway.
          r.step({ type: 'resumed' }, now);
          note(now, { type: 'reading', values: s.says, at: now, observedAt: now });
        }
        const until = now + s.afterS * 1000;
        while (r.nextDue <= until) {
          now = Math.max(now, r.nextDue);
          note(now, { type: 'tick' });
        }
        now = until;
      }
      return found;
    };
    fc.assert(fc.property(scene, (steps) => expect(play(steps, true)).toEqual(play(steps, false))));
  });
});

describe('a step of the wall clock', () => {
  it('moves states and wake-ups together: nothing fires and nothing waits longer', () => {
    const hour = 3_600_000;
    for (const by of [hour, -hour]) {
      const r = runtime(listener('a', 500));
      r.step(reading(10 * hour), 10 * hour);
      r.step({ type: 'resumed' }, 10 * hour);
      r.shift(by);
      const now = 10 * hour + by;
      expect(r.states).toEqual([{ heardAt: now, dueAt: now + 500 }]);
      expect([r.nextDue, r.graceUntil]).toEqual([now + 500, now + GRACE_MS]);
      told.length = 0;
      r.step({ type: 'tick' }, now + 500);
      expect(told).toEqual([{ id: 'a', now: now + 500, type: 'tick' }]);
    }
  });
});
