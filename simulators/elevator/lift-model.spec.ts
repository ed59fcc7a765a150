import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Directive } from '../directive.js';
import { Random } from '../random.js';
import { LiftModel } from './lift-model.js';
import { landingsBetween, liftProfile } from './lift-profile.js';
import type { LiftState } from './lift-state.js';

const MORNING = Date.UTC(2026, 0, 5, 0, 0, 0); // Monday 08:00 in Shanghai
const profile = liftProfile({ landings: landingsBetween(-1, 12), passengersPerHour: 120 });

interface Logged {
  at: number;
  values: Record<string, unknown>;
}

/** Plays a lift for so many seconds and keeps what it sends and every state that it passes through. */
function play(seed: number, lengthS: number, directives: Record<number, Directive> = {}, stepMs = 100) {
  const random = new Random(seed);
  const model = new LiftModel(profile);
  let state = model.start(MORNING, random);
  const log: Logged[] = [];
  const states: LiftState[] = [state];
  for (let ms = 0; ms <= lengthS * 1000; ms += stepMs) {
    const directive = directives[ms / 1000];
    if (directive) state = model.direct(state, directive, MORNING + ms, random);
    const step = model.step(state, MORNING + ms, random);
    state = step.state;
    states.push(state);
    log.push(...step.messages);
  }
  return { log, states, last: state };
}

const conserved = (s: LiftState): boolean => s.came === s.waiting.length + s.aboard.length + s.arrived + s.gaveUp;
const seconds = (m: Logged): number => (m.at - MORNING) / 1000;
const trapped = (m: Logged): boolean =>
  m.values['doorZone'] === false && m.values['speedMps'] === 0 && m.values['peopleInCar'] === true;

const directives = fc.dictionary(
  fc.integer({ min: 0, max: 600 }).map(String),
  fc.constantFrom<Directive>(
    { do: 'trap-between-floors', people: 2 },
    { do: 'trap-at-level', people: 1 },
    { do: 'rescue' },
    { do: 'carry-people', people: 3 },
    { do: 'mains-lost', automaticRescue: true },
    { do: 'mains-lost', automaticRescue: false },
    { do: 'mains-back' },
    { do: 'rest' },
  ),
  { maxKeys: 8 },
);

describe('a lift', () => {
  it('whatever happens: no passenger is made or lost, the door never opens while it moves or between floors, no limit is exceeded', () => {
    fc.assert(
      fc.property(fc.integer(), directives, fc.constantFrom(100, 250, 1000), (seed, told, stepMs) => {
        const { states, log } = play(seed, 600, told as Record<number, Directive>, stepMs);
        const wrong: string[] = [];
        for (const [i, s] of states.entries()) {
          const before = states[i - 1] ?? s;
          if (!conserved(s)) wrong.push(`${i}: passengers made or lost`);
          if (s.aboard.length > profile.seats) wrong.push(`${i}: overfull`);
          if (Math.abs(s.speedMps) > profile.ratedSpeedMps + 1e-9) wrong.push(`${i}: ${s.speedMps} m/s`);
          const movedM = Math.abs(s.positionM - before.positionM);
          if (movedM > (profile.ratedSpeedMps * stepMs) / 1000 + 0.01) wrong.push(`${i}: jumped ${movedM} m`);
        }
        for (const { at, values: v } of log) {
          const shut = v['door'] === 'closed';
          if (!shut && (v['speedMps'] !== 0 || v['doorZone'] !== true)) wrong.push(`${at}: door ${String(v['door'])}`);
          if (!profile.landings.includes(v['floor'] as number)) wrong.push(`${at}: floor ${String(v['floor'])}`);
        }
        expect(wrong).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('plays the same log from the same seed, however its time is cut', () => {
    expect(play(7, 900).log).toEqual(play(7, 900).log);
    expect(play(7, 900, {}, 100).log).toEqual(play(7, 900, {}, 300).log);
    expect(play(7, 900).log).not.toEqual(play(8, 900).log);
  });

  it('begins fully open, level and empty, and stays so for 10 s, so that remembered passengers are let go', () => {
    for (let seed = 0; seed < 30; seed++) {
      const begin = play(seed, 40).log.filter((m) => seconds(m) <= 11.9);
      expect(begin[0]).toMatchObject({ at: MORNING, values: { door: 'open', doorZone: true, peopleInCar: false } });
      expect(begin.every((m) => m.values['door'] === 'open' && m.values['peopleInCar'] === false)).toBe(true);
    }
  });

  it('never looks like an entrapment while nothing is staged: people are never shut in and still for 20 s', () => {
    for (let seed = 0; seed < 20; seed++) {
      let stillSince: number | null = null;
      let longestStill = 0;
      const { log } = play(seed, 3600, {}, 1000);
      for (const m of log) {
        const shutIn = m.values['peopleInCar'] === true && m.values['door'] !== 'open' && m.values['speedMps'] === 0;
        stillSince = shutIn ? (stillSince ?? m.at) : null;
        longestStill = Math.max(longestStill, m.at - (stillSince ?? m.at));
      }
      expect(longestStill).toBeLessThan(20_000);
      expect(log.some((m) => m.values['alarmButton'] === true)).toBe(false);
      expect(log.some((m) => m.values['doorZone'] === false && m.values['speedMps'] === 0)).toBe(false);
    }
  });

  it('moves people: in a morning hour, most of those who came have arrived', () => {
    const { last } = play(3, 3600);
    expect(last.came).toBeGreaterThan(50);
    expect(last.arrived).toBeGreaterThan(0.85 * last.came);
  });

  it('is heard of at least every reporting interval', () => {
    const { log } = play(5, 3600);
    for (const [i, m] of log.entries())
      expect(m.at - (log[i - 1]?.at ?? MORNING)).toBeLessThanOrEqual(profile.reportEveryMs);
  });

  it('told to trap people between floors, stops there with them, says so every second, and stays until it is rescued', () => {
    const { log } = play(11, 400, { 5: { do: 'trap-between-floors', people: 2 }, 300: { do: 'rescue' } });
    const first = log.find(trapped);
    expect(first && seconds(first)).toBeLessThan(90);
    const from = first ? seconds(first) : 0;
    const during = log.filter((m) => seconds(m) >= from && seconds(m) < 300);
    expect(during.every(trapped)).toBe(true);
    expect(during.length).toBeGreaterThanOrEqual(Math.floor(299 - from));
    const after = log.filter((m) => seconds(m) > 300);
    const opened = after.find((m) => m.values['door'] === 'open' && m.values['doorZone'] === true);
    expect(opened && seconds(opened)).toBeLessThan(312);
    expect(after.some((m) => m.values['door'] === 'open' && m.values['peopleInCar'] === false)).toBe(true);
  });

  it('told to trap people at a landing, keeps its door shut there', () => {
    const { log } = play(11, 200, { 5: { do: 'trap-at-level', people: 3 } });
    const late = log.filter((m) => seconds(m) > 100);
    expect(late.length).toBeGreaterThan(50);
    for (const m of late)
      expect(m.values).toMatchObject({ door: 'closed', doorZone: true, speedMps: 0, peopleInCar: true });
  });

  it('without mains, goes to a landing on its battery and lets everybody out within 30 s', () => {
    for (let seed = 0; seed < 30; seed++) {
      const { log } = play(seed, 130, {
        60: { do: 'carry-people', people: 2 },
        75: { do: 'mains-lost', automaticRescue: true },
      });
      const dark = log.filter((m) => seconds(m) >= 75);
      expect(dark.every((m) => m.values['mainsPower'] === false)).toBe(true);
      const last = dark.at(-1);
      expect(last?.values['peopleInCar']).toBe(false);
      const shutIn = dark.filter((m) => m.values['peopleInCar'] === true && m.values['door'] === 'closed');
      expect(shutIn.every((m) => seconds(m) < 75 + 30)).toBe(true);
    }
  });

  it('shows the alarm button for as long as it is pressed', () => {
    const { log } = play(2, 60, { 20: { do: 'press-alarm-button', forS: 5 } });
    const pressed = log.filter((m) => m.values['alarmButton'] === true);
    expect(pressed[0] && seconds(pressed[0])).toBe(20);
    expect(log.find((m) => seconds(m) > 20 && m.values['alarmButton'] === false)?.at).toBe(MORNING + 25_000);
  });
});
