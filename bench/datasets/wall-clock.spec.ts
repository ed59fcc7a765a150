import { describe, expect, it } from '@jest/globals';
import { WallClock } from './wall-clock.js';

describe('a wall clock with summer time', () => {
  it('tells the two autumn hours apart by their order, and refuses the hour that spring leaves out', () => {
    const clock = new WallClock('Europe/Madrid');
    const at = ['2016-10-30T01:36:32', '2016-10-30T02:36:32', '2016-10-30T02:36:32', '2016-10-30 03:55:46'];
    expect(at.map((local) => new Date(clock.next(local)).toISOString().slice(11, 19))).toEqual([
      '23:36:32',
      '00:36:32',
      '01:36:32',
      '02:55:46',
    ]);
    expect(() => new WallClock('Europe/Madrid').next('2016-03-27T02:30:00')).toThrow('does not exist');
  });
});
