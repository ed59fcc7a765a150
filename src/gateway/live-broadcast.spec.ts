import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ManualClock } from '../kernel/clock.js';
import { fakeDevice } from '../detection/device/fake-engine.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import { EstateDirectory } from '../estate/estate-directory.js';
import { LiveValues } from '../telemetry/live-values.js';
import type { Watch } from '../workflow/watch.js';
import { LiveBroadcast, type LiveViewer } from './live-broadcast.js';
import type { LiveEvent } from './views.js';

const devices = [
  fakeDevice('elevator', { id: 'lift-1', no: 1, estate: 'a' }),
  fakeDevice('gate', { id: 'gate-1', no: 2, estate: 'a' }),
  fakeDevice('gate', { id: 'gate-2', no: 3, estate: 'b' }),
];
const directory = new DirectoryHolder(
  new EstateDirectory({
    estates: [],
    buildings: [],
    risers: [],
    units: [],
    zones: [],
    people: [],
    roster: [],
    devices,
  }),
);

let clock: ManualClock;
let live: LiveValues;
let broadcast: LiveBroadcast;
let offline: Set<string>;

beforeEach(() => {
  jest.useFakeTimers();
  clock = new ManualClock();
  live = new LiveValues();
  offline = new Set();
  const watch = { isOnline: (id: string) => !offline.has(id) } as unknown as Watch;
  broadcast = new LiveBroadcast(live, watch, directory, clock, () => 42);
  broadcast.start();
});
afterEach(() => {
  broadcast.stop();
  jest.useRealTimers();
});

function pass(ms: number): void {
  for (let left = ms; left > 0; left -= 50) {
    clock.advance(50);
    jest.advanceTimersByTime(50);
  }
}
const says = (device: string, values: Record<string, unknown>): void =>
  live.note({ device, observedAt: clock.now(), receivedAt: clock.now(), at: clock.now(), values });
function viewer(estate: string): LiveViewer & { seen: LiveEvent[] } {
  const seen: LiveEvent[] = [];
  return { estate, seen, show: (e) => seen.push(e) };
}

describe('law 7: live values', () => {
  it('a new viewer sees at once what is known of his estate, and of no other', () => {
    says('lift-1', { floor: 3 });
    says('gate-2', { position: 'open' });
    const v = viewer('a');
    broadcast.add(v);
    expect(v.seen).toMatchObject([{ estate: 'a', seq: 42, devices: { 'lift-1': { values: { floor: 3 } } } }]);
    expect(Object.keys(v.seen[0]?.devices ?? {})).toEqual(['lift-1']);
  });

  it('come at most four times a second, the newest of each device that spoke', () => {
    const v = viewer('a');
    broadcast.add(v);
    v.seen.length = 0;
    for (let i = 0; i < 20; i++) {
      says('lift-1', { floor: i });
      pass(50);
    }
    expect(v.seen.length).toBeGreaterThanOrEqual(3);
    expect(v.seen.length).toBeLessThanOrEqual(4);
    const last = v.seen.at(-1)?.devices['lift-1']?.values['floor'] as number;
    expect(last).toBeGreaterThanOrEqual(15);
    expect(v.seen.every((e) => Object.keys(e.devices).join() === 'lift-1')).toBe(true);
  });

  it('nothing moves: a heartbeat every 2 s, so that a stale screen notices within 5 s', () => {
    const v = viewer('a');
    broadcast.add(v);
    pass(2500);
    v.seen.length = 0;
    pass(10_000);
    expect(v.seen).toHaveLength(5);
    expect(v.seen.every((e) => Object.keys(e.devices).length === 0)).toBe(true);
  });

  it('the heartbeat goes on when the clock is set back', () => {
    const v = viewer('a');
    broadcast.add(v);
    pass(4000);
    v.seen.length = 0;
    clock.advance(-3_600_000);
    pass(5000);
    expect(v.seen.length).toBeGreaterThanOrEqual(2);
  });

  it('say who is silent', () => {
    says('lift-1', { floor: 3 });
    offline.add('lift-1');
    const v = viewer('a');
    broadcast.add(v);
    expect(v.seen[0]?.devices['lift-1']).toMatchObject({ online: false });
  });

  it('go to nobody who has left', () => {
    const v = viewer('a');
    broadcast.add(v);
    broadcast.remove(v);
    v.seen.length = 0;
    says('lift-1', { floor: 1 });
    pass(5000);
    expect(v.seen).toEqual([]);
  });
});
