import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fakeDevice, START } from '../device/fake-engine.js';
import { FakeGroupEngine } from '../fake-group-engine.js';
import type { Group } from '../group-detector.js';
import { fireModeDetector } from './fire-mode.detector.js';

const EVENT = 'building.fire-mode';
const lifts = ['l1', 'l2', 'l3'].map((id) => fakeDevice('elevator', { id }));
const [l1, l2, l3] = lifts as [(typeof lifts)[0], (typeof lifts)[0], (typeof lifts)[0]];
const group = (members = lifts): Group => ({
  scope: 'building',
  id: 'b1',
  estate: 'e1',
  timezone: 'Asia/Shanghai',
  overrides: {},
  members,
});
const building = (members = lifts) => new FakeGroupEngine(fireModeDetector, group(members));
const mode = (m: 'normal' | 'fire-return' | 'firefighter' | 'unknown' | 'inspection') => ({ mode: m });

describe('lifts in fire mode', () => {
  it('raises at once, once for the building, and tells of each further lift', () => {
    const e = building().reading(l1, mode('normal')).advance(5).reading(l1, mode('fire-return')).advance(1);
    e.reading(l2, mode('fire-return')).reading(l1, mode('firefighter')).advance(60);
    expect(e.story).toEqual([`raise ${EVENT} @5`, `update ${EVENT} @6`]);
    expect(e.told[0]?.finding.subject).toEqual({ type: 'building', id: 'b1' });
    expect(e.told[1]?.finding.evidence).toEqual({ lifts: 2, devices: 'l1 l2' });
  });

  it('ends when all are back, not before; an unknown mode is no way back', () => {
    const e = building().reading(l1, mode('fire-return')).reading(l2, mode('firefighter')).advance(10);
    e.reading(l1, mode('normal')).reading(l2, mode('unknown')).reading(l2, { floor: 1 }).advance(10);
    expect(e.story.filter((s) => s.startsWith('clear'))).toEqual([]);
    e.reading(l2, mode('inspection'));
    expect(e.story.at(-1)).toBe(`clear ${EVENT} @20`);
  });

  it('stays while a lift in fire mode is silent, and through a restart', () => {
    const e = building().reading(l1, mode('fire-return')).silence(l1, true).restart(60).advance(3600);
    expect(e.reading(l2, mode('normal')).story).toEqual([`raise ${EVENT} @0`]);
  });

  it('does not listen to a lift that is tested under a permit or before its first day', () => {
    const tested = fakeDevice('elevator', { id: 'l4', life: 'maintenance' });
    const fresh = fakeDevice('elevator', { id: 'l5', life: 'commissioning' });
    const e = building([tested, fresh]).reading(tested, mode('fire-return')).reading(fresh, mode('firefighter'));
    expect(e.advance(600).story).toEqual([]);
  });

  it('ends when its only lift in fire mode is taken under a permit', () => {
    const e = building().reading(l1, mode('fire-return')).advance(5);
    e.group = group([fakeDevice('elevator', { id: 'l1', life: 'maintenance' }), l2, l3]);
    expect(e.reading(l2, mode('normal')).story).toEqual([`raise ${EVENT} @0`, `clear ${EVENT} @5`]);
  });

  it('asks the coordinator first when lifts are still in fire mode 120 s after a person ended it', () => {
    const e = building().reading(l1, mode('fire-return')).advance(5).end(EVENT).advance(119);
    expect(e.story).toHaveLength(1);
    e.advance(1);
    expect(e.story[1]).toBe(`raise ${EVENT} @125`);
    expect(e.told[1]?.finding.paging).toBe('coordinator-first');
  });

  it('writes nothing for lifts in normal service', () => {
    const e = building().reading(l1, mode('normal'));
    const before = e.state;
    e.reading(l2, mode('normal')).reading(l3, { floor: 3 });
    expect(e.state).toBe(before);
  });

  it('is open exactly while a lift that told a mode last told fire, whatever the order, over restarts', () => {
    const moment = fc.record({
      lift: fc.integer({ min: 0, max: 2 }),
      mode: fc.constantFrom('normal', 'fire-return', 'firefighter', 'unknown', 'inspection'),
      restart: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(moment, { maxLength: 40 }), (play) => {
        const whole = building();
        const broken = building();
        const last = new Map<number, string>();
        for (const m of play) {
          if (m.mode !== 'unknown') last.set(m.lift, m.mode);
          for (const e of [whole, broken])
            e.reading(lifts[m.lift] as (typeof lifts)[0], { mode: m.mode as 'normal' }).advance(1);
          if (m.restart) broken.restart(0);
          const fire = [...last.values()].some((x) => x === 'fire-return' || x === 'firefighter');
          const open = whole.told.filter((t) => t.finding.kind !== 'update').at(-1)?.finding.kind === 'raise';
          expect(open).toBe(fire);
        }
        expect(broken.told).toEqual(whole.told);
        expect(whole.now).toBe(START + play.length * 1000);
      }),
      { numRuns: 200 },
    );
  });
});
