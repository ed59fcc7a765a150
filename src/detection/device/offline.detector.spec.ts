import { describe, expect, it } from '@jest/globals';
import type { DeviceKind } from '../../estate/device.js';
import { fakeDevice, FakeEngine } from './fake-engine.js';
import { offlineDetector } from './offline.detector.js';

const EVENT = 'device.offline';
const device = (expectedIntervalS: number, kind: DeviceKind = 'pipe-sensor', hasSpoken = false) =>
  new FakeEngine(offlineDetector, fakeDevice(kind, { hasSpoken, attributes: { expectedIntervalS, capabilities: [] } }));

describe('a silent device', () => {
  it('is offline after three intervals, and never before 120 s', () => {
    expect(device(5).reading({}).advance(600).story).toEqual([`raise ${EVENT} @120`]);
    expect(device(900).reading({}).advance(2699).story).toEqual([]);
    expect(device(900).reading({}).advance(2700).story).toEqual([`raise ${EVENT} @2700`]);
  });

  it('is P4, a lift P3', () => {
    expect(device(5).reading({}).advance(120).last?.priority).toBe('P4');
    expect(device(5, 'elevator').reading({}).advance(120).last?.priority).toBe('P3');
  });

  it('is back with a reading', () => {
    const e = device(5).reading({}).advance(500).reading({});
    expect(e.story[1]).toBe(`clear ${EVENT} @500`);
    expect(e.advance(120).story[2]).toBe(`raise ${EVENT} @620`);
  });

  it('raises nothing when it has never spoken; one that had spoken before the start counts from the start', () => {
    expect(device(5).restart().input({ type: 'will' }).advance(9999).story).toEqual([]);
    expect(device(5, 'gate', true).restart().advance(9999).story).toEqual([`raise ${EVENT} @120`]);
  });

  it('is not what Steward’s own absence looks like', () => {
    expect(device(5).reading({}).restart(9999).advance(119).story).toEqual([]);
    expect(device(5).reading({}).restart(9999).advance(120).story).toEqual([`raise ${EVENT} @10119`]);
  });
});

describe('a will', () => {
  it('not followed by a reading within 30 s is a device that is gone', () => {
    expect(device(900).reading({}).advance(60).input({ type: 'will' }).advance(600).story).toEqual([
      `raise ${EVENT} @90`,
    ]);
  });

  it('followed by one is a reconnection', () => {
    const e = device(900).reading({}).input({ type: 'will' }).advance(29).reading({});
    expect(e.advance(600).story).toEqual([]);
  });

  it('from before a restart says nothing after it', () => {
    expect(device(900).reading({}).input({ type: 'will' }).restart(20).advance(600).story).toEqual([]);
  });
});

describe('an end by a person', () => {
  it('is followed by a new occurrence when it is still silent 120 s later', () => {
    const e = device(5, 'elevator').reading({}).advance(200).end(EVENT).advance(500);
    expect(e.story).toEqual([`raise ${EVENT} @120`, `raise ${EVENT} @320`]);
  });

  it('stands when it has spoken since', () => {
    const e = device(300, 'elevator').reading({}).advance(1000).end(EVENT).advance(60).reading({}).advance(200);
    expect(e.story).toHaveLength(1);
  });
});

it('a healthy device never changes the saved state', () => {
  const e = device(5).reading({});
  const before = e.saves;
  for (let i = 0; i < 100; i++) e.advance(5).reading({});
  expect(e.saves).toBe(before);
});
