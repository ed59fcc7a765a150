import { describe, expect, it } from '@jest/globals';
import { Pace } from './pace.js';
import { RightOfWay } from './right-of-way.js';

/** Urgent so many times that it is asked, and how often it was. */
function urgentFor(times: number) {
  const way = {
    asked: 0,
    get isTaken(): boolean {
      return way.asked++ < times;
    },
  };
  return way;
}

/** One stretch of work, and the pause after it. */
async function workOn(pace: Pace): Promise<void> {
  pace.begin();
  const until = performance.now() + 5;
  while (performance.now() < until);
  await pace.breathe();
}

describe('the pace of packing', () => {
  it('stands back as long as something urgent is under way', async () => {
    const way = urgentFor(3);
    await workOn(new Pace(false, way));
    expect(way.asked).toBe(4);
  });

  it('goes on after a while all the same: a transaction is open', async () => {
    const way = urgentFor(Infinity);
    await workOn(new Pace(false, way));
    expect(way.asked).toBeGreaterThan(1);
  });

  it('gives way to nobody while it lags behind', async () => {
    const way = urgentFor(Infinity);
    await workOn(new Pace(true, way));
    expect(way.asked).toBe(0);
  });
});

describe('the right of way', () => {
  it('is seen by whoever has the memory, until the last urgent thing is over', () => {
    const service = new RightOfWay();
    const packing = new RightOfWay(service.memory);
    service.count(1);
    service.count(3);
    service.count(-1);
    expect(packing.isTaken).toBe(true);
    service.count(-3);
    expect(packing.isTaken).toBe(false);
  });
});
