import { describe, expect, it } from '@jest/globals';
import type { DeviceView } from '../../src/gateway/views.js';
import { deviceNow, flowTint, gatePosition, liftNow, pipeNow } from './device-now.js';

const device = (latest: Record<string, unknown> | null): DeviceView =>
  ({ id: 'd', online: null, latest: latest && { at: 'then', values: latest } }) as DeviceView;
const saying = (values: Record<string, unknown>) => ({ values, at: null, online: true });

describe('what a device says now', () => {
  it('is the live values over the last known ones', () => {
    const now = deviceNow(device({ floor: 3, door: 'open' }), {
      d: { at: 'now', online: true, values: { floor: 4 } },
    });
    expect(now).toEqual({ at: 'now', online: true, values: { floor: 4, door: 'open' } });
  });

  it('puts a car between floors only when it says that it is outside the door zone', () => {
    expect(liftNow(saying({ floor: 3, doorZone: false })).betweenFloors).toBe(true);
    expect(liftNow(saying({ floor: 3 })).betweenFloors).toBe(false);
  });

  it('does not take a silent presence sensor for an empty car', () => {
    expect(liftNow(saying({ floor: 3 })).people).toBeNull();
    expect(liftNow(saying({ peopleInCar: false })).people).toBe(false);
  });

  it('tints more for more water and nothing for none', () => {
    expect([0, 5, 120, 600, 2000].map((flowLph) => flowTint(saying({ flowLph })))).toEqual([0, 1, 2, 3, 4]);
    expect(flowTint(saying({}))).toBe(0);
  });

  it('never guesses', () => {
    expect(gatePosition(saying({ position: 'ajar' }))).toBe('unknown');
    expect(pipeNow(saying({ pressureMpa: 'x' }))).toEqual({ pressureMpa: null, levelPct: null, wet: false });
  });
});
