import { describe, expect, it } from '@jest/globals';
import { fakeDevice, FakeEngine } from '../device/fake-engine.js';
import { duressDetector } from './duress.detector.js';

const EVENT = 'gate.duress';
const gate = () => new FakeEngine(duressDetector, fakeDevice('gate'));

describe('a duress code', () => {
  it('raises at once', () => {
    expect(gate().reading({ access: 'duress' }).story).toEqual([`raise ${EVENT} @0`]);
    expect(gate().reading({ access: 'granted' }).reading({ access: 'denied' }).advance(60).story).toEqual([]);
  });

  it('repeated within its moment is one emergency', () => {
    const e = gate();
    for (let i = 0; i < 10; i++) e.reading({ access: 'duress' }).advance(1);
    expect(e.story).toHaveLength(1);
  });

  it('after another word is new evidence', () => {
    const e = gate().reading({ access: 'duress' }).advance(1).reading({ position: 'closed' }).advance(1);
    e.reading({ access: 'duress' });
    expect(e.story).toEqual([`raise ${EVENT} @0`, `clear ${EVENT} @1`, `raise ${EVENT} @2`]);
  });

  it('is new evidence too when the device said nothing for 30 s in between', () => {
    const e = gate().reading({ access: 'duress' }).advance(3600).reading({ access: 'duress' });
    expect(e.story).toEqual([`raise ${EVENT} @0`, `clear ${EVENT} @30`, `raise ${EVENT} @3600`]);
  });

  it('is new evidence after a person ended the last', () => {
    const e = gate().reading({ access: 'duress' }).advance(5).end(EVENT).reading({ access: 'duress' });
    expect(e.story).toEqual([`raise ${EVENT} @0`, `raise ${EVENT} @5`]);
  });
});
