import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fakeDevice } from '../device/fake-engine.js';
import { FakeGroupEngine } from '../fake-group-engine.js';
import { coldWaveDetector } from './cold-wave.detector.js';

const EVENT = 'estate.cold-wave';
const HOUR = 3600;
const outdoor = fakeDevice('pipe-sensor', { attributes: { expectedIntervalS: 600, capabilities: [], outdoor: true } });
const station = { ...outdoor, id: 'station', kind: 'generic' as const };
const indoor = fakeDevice('pipe-sensor', { id: 'indoor' });
const estate = () =>
  new FakeGroupEngine(coldWaveDetector, {
    scope: 'estate',
    id: 'e1',
    estate: 'e1',
    timezone: 'Asia/Shanghai',
    overrides: {},
    members: [outdoor, station, indoor],
  });
type Estate = ReturnType<typeof estate>;
const weather = (e: Estate, ambientTempC: number, h: number): Estate => {
  for (let i = 0; i < h; i++) e.reading(outdoor, { ambientTempC }).advance(HOUR);
  return e;
};

describe('a cold wave', () => {
  it('is one alarm of the estate, over after 24 h of warmer weather', () => {
    const e = weather(estate(), -6.7, 10);
    expect(e.story).toEqual([`raise ${EVENT} @0`]);
    expect(e.told[0]?.finding.subject).toEqual({ type: 'estate', id: 'e1' });
    weather(weather(weather(e, -2, 20), -7, 1), -2, 24);
    expect(e.story).toHaveLength(1);
    expect(weather(e, -2, 1).story[1]).toBe(`clear ${EVENT} @${55 * HOUR}`);
  });

  it('is felt by a weather station too, not by a cold room, nor at −6.6 °C', () => {
    expect(estate().reading(station, { channels: { ambientTempC: -8 } }).story).toHaveLength(1);
    expect(estate().reading(indoor, { ambientTempC: -20 }).story).toEqual([]);
    expect(weather(estate(), -6.6, 9).story).toEqual([]);
  });

  it('is not over because its sensors fall silent, nor while one still feels it', () => {
    expect(weather(weather(estate(), -9, 1), -2, 1).advance(99 * HOUR).story).toHaveLength(1);
    const e = weather(estate(), -9, 1);
    for (let i = 0; i < 40; i++) {
      e.reading(station, { channels: { ambientTempC: -8 } });
      weather(e, -3, 1);
    }
    expect(e.story).toHaveLength(1);
  });

  it('ended by a person is told again when it goes on', () => {
    const e = weather(estate(), -9, 1).end(EVENT);
    expect(weather(e, -9, 2).story).toEqual([`raise ${EVENT} @0`, `raise ${EVENT} @7200`]);
  });

  it('a restart changes nothing, and nothing is told without a cold reading', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(-9, -6, 2), { maxLength: 60 }), fc.nat(59), (temps, restartAt) => {
        const play = (restart: boolean): string[] => {
          const e = estate();
          temps.forEach((t, i) => {
            if (restart && i === restartAt) e.restart();
            weather(e, t, 1);
          });
          return e.story;
        };
        expect(play(true)).toEqual(play(false));
        const first = temps.indexOf(-9);
        expect(play(false)[0]).toBe(first < 0 ? undefined : `raise ${EVENT} @${first * HOUR}`);
      }),
    );
  });
});
