import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fakeDevice, START } from '../device/fake-engine.js';
import { FakeTap, type TapSetting } from './fake-tap.js';
import { noUseWelfareDetector as detector } from './no-use-welfare.detector.js';

/** The play begins at 10:00 in Shanghai. */
const tap = (setting: TapSetting = {}) =>
  new FakeTap(detector, { intervalS: 3600, ...setting, device: { welfare: true, ...setting.device } });
const H = 60;
/** 10:00 to 07:00 on the day after next: two evenings and a morning of use, two nights without. */
const lived = (setting: TapSetting = {}) =>
  tap(setting)
    .run(15, 12 * H)
    .run(0, 9 * H)
    .run(15, 15 * H)
    .run(0, 9 * H);
const [P3, P2, P1, CLEAR] = ['raise', 'update', 'update', 'clear'].map((kind, i) =>
  `${kind} meter.no-use-welfare ${['P3', 'P2', 'P1', ''][i]}`.trim(),
);
const hourOf = (t: number | undefined) => new Date(START + (t ?? 0) * 1000 + 8 * 3_600_000).getUTCHours();

describe('no water where a person lives alone', () => {
  it('is a call after 12 waking hours, P2 after 30 min, P1 after 2 h', () => {
    const t = lived().run(0, 15 * H);
    expect(t.kinds).toEqual([P3, P2, P1]);
    const [raise, toP2, toP1] = t.e.told.map((x) => x.t);
    expect(hourOf(raise)).toBe(19);
    expect([(toP2 ?? 0) - (raise ?? 0), (toP1 ?? 0) - (raise ?? 0)]).toEqual([1800, 7200]);
    expect(t.e.last?.subject).toEqual({ type: 'unit', id: 'u-301' });
  });

  it('does not count the night, but water in the night shows a person', () => {
    expect(lived().kinds).toEqual([]);
    const t = tap().run(15, 12 * H).run(0, 9 * H).run(0, 11 * H).run(15, 10 * H).run(0, 11 * H); // prettier-ignore
    expect(t.kinds).toEqual([]);
  });

  it('is not stopped by a drip of its own', () => {
    for (const drip of [0.9, 2.5]) {
      const t = tap().run(15, 12 * H).run(drip, 9 * H).run(15, 15 * H).run(drip, 9 * H).run(drip, 13 * H); // prettier-ignore
      expect(t.kinds[0]).toBe(P3);
    }
  });

  it('is over when water is used again', () => {
    const t = lived().run(0, 12 * H);
    expect(t.kinds).toEqual([P3]);
    expect(t.run(25, H).kinds).toEqual([P3, P2, CLEAR]);
    expect(t.run(0, 6 * H).kinds).toHaveLength(3);
  });

  it('stops becoming more urgent when somebody has made contact, and counts anew from there', () => {
    const t = lived().run(0, 12 * H);
    t.e.end('meter.no-use-welfare');
    expect(t.run(0, 12 * H).kinds).toEqual([P3]);
    expect(t.run(0, 18 * H).kinds.slice(0, 2)).toEqual([P3, P3]);
  });

  it('becomes more urgent although the meter falls silent', () => {
    const t = lived().run(0, 12 * H);
    t.e.advance(3 * 3600);
    expect(t.kinds).toEqual([P3, P2, P1]);
  });

  it('needs 80 % of the expected reads to be real', () => {
    expect(lived().run(0, 15 * H, { estimated: true }).kinds).toEqual([]);
    expect(
      lived()
        .gap(0, 5 * H)
        .run(0, 8 * H).kinds,
    ).toEqual([]);
  });

  it('is not somebody who said to be away', () => {
    const awayUntil = START + 80 * 3_600_000;
    expect(lived({ device: { awayUntil } }).run(0, 20 * H).kinds).toEqual([]);
  });

  it('is over when it becomes known that the resident is away', () => {
    const t = lived().run(0, 12 * H);
    t.e.device = { ...t.e.device, awayUntil: t.e.now + 86_400_000 };
    expect(t.run(0, 3 * H).kinds).toEqual([P3, CLEAR]);
  });

  it('is nobody’s matter where nobody asked for it, and in an empty unit', () => {
    expect(lived({ device: { welfare: false } }).run(0, 20 * H).kinds).toEqual([]);
    expect(lived({ device: { occupancy: 'vacant' } }).run(0, 20 * H).kinds).toEqual([]);
  });

  it('says why it is off', () => {
    const of = (over: object, registerStepM3 = 0.001) =>
      detector.fitness?.(
        fakeDevice('water-meter', {
          welfare: true,
          attributes: { expectedIntervalS: 3600, capabilities: [], registerStepM3 },
          ...over,
        }),
        detector.initial(),
      );
    expect(of({ welfare: false })).toMatchObject({ why: 'not-for-this-place' });
    expect(of({}, 0.1)).toMatchObject({ why: 'resolution-insufficient' });
    expect(of({})).toMatchObject({ why: 'not-yet-learnt' });
    const t = lived();
    expect(detector.fitness?.(t.e.device, t.e.state)).toEqual({ on: true });
  });

  it('keeps local hours over a change to summer time', () => {
    // 2026-03-29 02:00 in Madrid; the play begins on Monday 5 January at 03:00 there.
    const device = { timezone: 'Europe/Madrid' };
    const t = tap({ device });
    const waking = (h: number) => h >= 7 && h < 22;
    const begin = t.e.now;
    t.e.advance(82 * 86_400);
    const local = () =>
      Number(new Date(t.e.now).toLocaleString('en', { timeZone: 'Europe/Madrid', hour: 'numeric', hourCycle: 'h23' }));
    while (t.e.now < Date.UTC(2026, 2, 29, 4)) t.run(waking(local()) ? 15 : 0, H);
    expect(t.kinds).toEqual([]);
    t.run(0, 18 * H);
    expect(t.kinds[0]).toBe(P3);
    const raisedAt = begin + (t.e.told[0]?.t ?? 0) * 1000;
    expect(new Date(raisedAt).toISOString()).toBe('2026-03-29T17:00:00.000Z');
  });
});

describe('whatever a person does', () => {
  it('never raises when 10 L or more beyond any drip were used in the last 12 waking hours', () => {
    const use = fc.tuple(fc.constantFrom(0, 0, 0.5, 3, 20), fc.integer({ min: 1, max: 14 }));
    fc.assert(
      fc.property(fc.array(use, { minLength: 4, maxLength: 14 }), (uses) => {
        const t = tap();
        const hours: { hour: number; litres: number }[] = [];
        for (const [lph, n] of uses)
          for (let i = 0; i < n; i++) {
            const told = t.e.told.length;
            const before = t.volumeM3;
            const hour = hourOf((t.e.now - START) / 1000);
            t.run(lph, H);
            hours.push({ hour, litres: (t.volumeM3 - before) * 1000 });
            if (!t.e.told.slice(told).some(({ finding }) => finding.kind === 'raise')) continue;
            const wakes = (h: (typeof hours)[number]) => h.hour >= 7 && h.hour < 22;
            let from = hours.length;
            for (let left = 12; left > 0;) if (wakes(hours[--from] ?? { hour: 12, litres: NaN })) left--;
            const span = hours.slice(from);
            const used = span.reduce((sum, h) => sum + h.litres, 0);
            const twoHours = hours.slice(1).map((h, k) => (h.litres + (hours[k]?.litres ?? 0)) / 2);
            expect(used - span.length * Math.min(...twoHours.slice(-47))).toBeLessThan(10);
          }
      }),
      { numRuns: 150 },
    );
  });
});
