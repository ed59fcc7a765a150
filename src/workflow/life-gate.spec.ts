import { describe, expect, it } from '@jest/globals';
import { EVENTS, type EventName } from '../kernel/events.js';
import { fakeDevice } from '../detection/device/fake-engine.js';
import type { DeviceLife } from '../estate/device.js';
import { lifeGate } from './life-gate.js';

const NOW = 1_000_000;
const EVENT_NAMES = Object.keys(EVENTS) as EventName[];
const lift = (life: DeviceLife, maintenanceUntil: number | null = null) =>
  fakeDevice('elevator', { life, maintenanceUntil });

describe("what a device's life lets through (domain §3)", () => {
  it.each(EVENT_NAMES)('%s: pages when live, for the installer in commissioning, nothing before and after', (event) => {
    expect(lifeGate(event, lift('live'), NOW)).toEqual({ kind: 'page' });
    expect(lifeGate(event, lift('commissioning'), NOW)).toMatchObject({ kind: 'suppress', state: 'DSUPR' });
    expect(lifeGate(event, lift('registered'), NOW)).toEqual({ kind: 'ignore', reason: 'device-registered' });
    expect(lifeGate(event, lift('retired'), NOW)).toEqual({ kind: 'ignore', reason: 'device-retired' });
  });

  it('of a building there is no device, so it pages', () => {
    expect(lifeGate('building.power-lost', null, NOW)).toEqual({ kind: 'page' });
  });

  it.each(EVENT_NAMES)('%s under a permit: out of service, but the alarm button keeps working', (event) => {
    const expected = event === 'elevator.alarm-button' ? { kind: 'page' } : { kind: 'suppress', state: 'OOSRV' };
    expect(lifeGate(event, lift('maintenance', NOW + 1), NOW)).toMatchObject(expected);
  });

  it('a permit ends by itself', () => {
    expect(lifeGate('elevator.entrapment-at-level', lift('maintenance', NOW), NOW)).toEqual({ kind: 'page' });
    expect(lifeGate('elevator.entrapment-at-level', lift('maintenance', NOW - 1), NOW)).toEqual({ kind: 'page' });
  });
});
