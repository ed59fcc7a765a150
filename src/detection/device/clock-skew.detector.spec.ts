import { describe, expect, it } from '@jest/globals';
import { clockSkewDetector } from './clock-skew.detector.js';
import { fakeDevice, FakeEngine } from './fake-engine.js';

const EVENT = 'device.clock-skew';
const device = () => new FakeEngine(clockSkewDetector, fakeDevice('gate'));
const skewed = (e: ReturnType<typeof device>, skewsS: number[]) => {
  for (const s of skewsS) e.reading({}, 0, e.now + s * 1000).advance(5);
  return e;
};

describe('a device clock', () => {
  it.each([
    [121, '121 s fast'],
    [-3600, '3600 s slow'],
  ])('%i s off in three readings on end is reported once', (off, words) => {
    const e = skewed(device(), [off, off, off, off, off]);
    expect(e.story).toEqual([`raise ${EVENT} @10`]);
    expect(e.last?.reason).toContain(words);
  });

  it('is right within 120 s, and one late packet is no wrong clock', () => {
    expect(skewed(device(), [120, -120, 119, -120]).story).toEqual([]);
    expect(skewed(device(), [-500, -500, 1, -500, -500, 1]).story).toEqual([]);
  });

  it('is judged by the newest reading of a stored upload alone', () => {
    const upload = (e: ReturnType<typeof device>, newestS: number) => {
      for (let age = 900; age > 0; age -= 30) e.reading({}, age);
      return e.reading({}, 0, e.now + newestS * 1000).advance(1000);
    };
    const e = device();
    for (let i = 0; i < 3; i++) upload(e, -3);
    expect(e.story).toEqual([]);
    for (let i = 0; i < 3; i++) upload(e, -400);
    expect(e.story).toEqual([`raise ${EVENT} @5000`]);
  });

  it('is right again within 60 s, so that one at the limit does not chatter', () => {
    expect(skewed(device(), [200, 200, 200, 110, 130, 110]).story).toHaveLength(1);
    expect(skewed(device(), [200, 200, 200, 30]).story[1]).toBe(`clear ${EVENT} @15`);
  });
});
