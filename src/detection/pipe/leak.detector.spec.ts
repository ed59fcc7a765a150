import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fakeDevice, FakeEngine } from '../device/fake-engine.js';
import { NOT_HELD } from '../device/held-condition.js';
import { pipeLeakDetector } from './leak.detector.js';

const drain = fakeDevice('pipe-sensor', { attributes: { expectedIntervalS: 1, capabilities: [], role: 'drain' } });
const sensor = (role?: 'riser' | 'drain') =>
  new FakeEngine(
    pipeLeakDetector,
    fakeDevice('pipe-sensor', { attributes: { expectedIntervalS: 1, capabilities: [], role } }),
  );

describe('a wet sensor', () => {
  it('raises after 10 s, by the server’s time, also when it falls silent', () => {
    expect(sensor('riser').stream({ wet: true }, 20).story).toEqual(['raise pipe.leak @10']);
    const wrong = sensor('riser');
    expect(wrong.reading({ wet: true }, 0, wrong.now - 3_600_000).advance(60).story).toEqual(['raise pipe.leak @10']);
  });

  it('stays open in silence and says so once, and clears when dry', () => {
    const e = sensor().reading({ wet: true }).advance(86_400);
    expect(e.story).toEqual(['raise pipe.leak @10', 'update pipe.leak @130']);
    expect(e.last?.reason).toContain('silent');
    expect(e.reading({ pressureMpa: 0.3 }).story[2]).toBe('update pipe.leak @86400');
    expect(e.last?.reason).toContain('speaks again');
    expect(e.reading({ wet: false }).story[3]).toBe('clear pipe.leak @86400');
  });

  it('our own absence is not its silence', () => {
    const e = sensor().stream({ wet: true }, 12).restart(9999);
    expect(e.advance(119).story).toHaveLength(1);
    expect(e.advance(1).last?.kind).toBe('update');
  });

  it('at a drain it is the business of pipe.backflow', () => {
    expect(sensor('drain').reading({ wet: true }).advance(86_400).story).toEqual([]);
    expect(pipeLeakDetector.fitness?.(drain, NOT_HELD)).toMatchObject({ on: false, why: 'superseded' });
  });

  it('has half its hold for 24 h after a thaw on its riser', () => {
    const thawed = () => {
      const e = sensor('riser');
      return e.input({ type: 'thaw', at: e.now });
    };
    expect(thawed().reading({ wet: true }).advance(60).story).toEqual(['raise pipe.leak @5']);
    expect(thawed().advance(86_400).reading({ wet: true }).advance(60).story).toEqual(['raise pipe.leak @86410']);
  });

  it('takes up a state of before its later fields', () => {
    const e = sensor();
    e.state = { heldSince: e.now, raised: true, endedAt: null };
    expect(e.restart().advance(120).story).toEqual(['update pipe.leak @120']);
    expect(e.reading({ wet: false }).last?.kind).toBe('clear');
  });

  it('is asked about again when still wet 120 s after a person ended it', () => {
    const e = sensor().stream({ wet: true }, 12).end('pipe.leak').stream({ wet: true }, 200);
    expect(e.story).toEqual(['raise pipe.leak @10', 'raise pipe.leak @132']);
    expect(e.last?.paging).toBe('coordinator-first');
    const dried = sensor().stream({ wet: true }, 12).end('pipe.leak').stream({ wet: false }, 200);
    expect(dried.stream({ wet: true }, 12).story[1]).toBe('raise pipe.leak @222');
  });

  it('keeps its hold over a restart', () => {
    expect(sensor().stream({ wet: true }, 5).restart(60).advance(5).story).toEqual(['raise pipe.leak @65']);
  });

  it('never raises before ten wet seconds on end: each dry word starts it over', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 14 })), { maxLength: 30 }), (play) => {
        const e = sensor();
        let wetFor = 0;
        let expected = 0;
        for (const [wet, s] of play) {
          e.stream({ wet }, s);
          if (wet && wetFor < 10 && wetFor + s >= 10) expected++;
          wetFor = wet ? wetFor + s : 0;
        }
        expect(e.told.filter(({ finding }) => finding.kind === 'raise')).toHaveLength(expected);
      }),
    );
  });
});
