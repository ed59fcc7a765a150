import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ChannelRule } from '../../estate/channel-rule.js';
import { fakeDevice, FakeEngine } from '../device/fake-engine.js';
import { channelRulesDetector } from './channel-rules.detector.js';

const own = { priority: 'P3', latched: false, endBy: ['on-site'], title: { zh: '水泵', en: 'Pump' } } as const;
const smoke: ChannelRule = { event: 'smoke.alarm', channel: 'smoke', is: true, holdS: 0, clearHoldS: 0 };
const current: ChannelRule = {
  event: 'generic.overcurrent',
  channel: 'currentA',
  above: 8,
  clear: 7,
  holdS: 30,
  clearHoldS: 60,
  own,
};
const level: ChannelRule = { event: 'generic.dry', channel: 'levelM', below: 0.5, holdS: 0, clearHoldS: 0, own };

const device = (...rules: ChannelRule[]) =>
  fakeDevice('generic', { attributes: { expectedIntervalS: 30, capabilities: [], rules } });
const engine = (...rules: ChannelRule[]) => new FakeEngine(channelRulesDetector, device(...rules));
type Engine = ReturnType<typeof engine>;
const says = (e: Engine, channels: Record<string, number | boolean>, s = 0): Engine =>
  e.reading({ channels }).advance(s);

describe('rules on the channels of a generic device', () => {
  it('raise at once without a hold: smoke', () => {
    const e = says(says(engine(smoke), { smoke: false }, 30), { smoke: true }, 30);
    expect(e.story).toEqual(['raise smoke.alarm @30']);
    expect(e.last).not.toHaveProperty('priority');
    expect(says(e, { smoke: false }).story[1]).toBe('clear smoke.alarm @60');
    expect(says(e, { smoke: true }).story[2]).toBe('raise smoke.alarm @60');
  });

  it('that still hold 120 s after a person ended them are told again', () => {
    const e = says(engine(smoke), { smoke: true }, 10).end('smoke.alarm').advance(200);
    expect(e.story).toEqual(['raise smoke.alarm @0', 'raise smoke.alarm @130']);
    expect(e.last?.paging).toBe('coordinator-first');
  });

  it('wait for their hold, with room between threshold and end', () => {
    const e = says(says(engine(current), { currentA: 9 }, 29), { currentA: 7.5 }, 60);
    expect(e.story).toEqual([]);
    says(e, { currentA: 9 }, 40);
    expect(e.last).toMatchObject({ event: 'generic.overcurrent', priority: 'P3', evidence: { value: 9, limit: 8 } });
    expect(says(says(e, { currentA: 7.5 }, 300), { currentA: 7 }, 60).story).toEqual([
      'raise generic.overcurrent @119',
      'clear generic.overcurrent @489',
    ]);
  });

  it('are each for themselves', () => {
    const e = says(engine(smoke, current, level), { smoke: true, currentA: 20, levelM: 0.4 }, 30);
    expect(e.story).toEqual(['raise smoke.alarm @0', 'raise generic.dry @0', 'raise generic.overcurrent @30']);
    expect(says(e, { levelM: 0.5 }).story[3]).toBe('clear generic.dry @30');
  });

  it('hear nothing in a channel that is not told, or of another kind', () => {
    expect(says(says(engine(smoke, current), {}, 60), { smoke: 1, currentA: true }, 60).story).toEqual([]);
  });

  it('leave no alarm behind when they are taken away', () => {
    const e = says(engine(smoke), { smoke: true }, 5);
    e.device = device(level);
    expect(says(e, { smoke: true }).story[1]).toBe('clear smoke.alarm @5');
    expect(e.state.rules).toEqual({});
  });

  it('are off, and say so, where none are configured', () => {
    expect(channelRulesDetector.fitness?.(device(), engine().state)).toMatchObject({ why: 'not-configured' });
    const deaf = { ...device(smoke), attributes: { ...device(smoke).attributes, capabilities: ['temperatureC'] } };
    expect(channelRulesDetector.fitness?.(deaf, engine().state)).toMatchObject({ why: 'missing-capability' });
  });

  it('never raise before the hold, and the same over a restart', () => {
    const values = fc.array(fc.tuple(fc.constantFrom(5, 7.5, 9, 9, 9), fc.integer({ min: 1, max: 40 })), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(values, fc.nat(39), (play, restartAt) => {
        const run = (restart: boolean): Engine => {
          const e = engine(current);
          play.forEach(([currentA, s], i) => says(restart && i === restartAt ? e.restart() : e, { currentA }, s));
          return e;
        };
        const e = run(false);
        expect(run(true).story).toEqual(e.story);
        let t = 0;
        const at = play.map(([a, s]) => ({ a, from: t, to: (t += s) }));
        for (const raised of e.told.filter((x) => x.finding.kind === 'raise'))
          for (const p of at) if (p.to > raised.t - 30 && p.from < raised.t) expect(p.a).toBeGreaterThan(8);
      }),
    );
  });
});
