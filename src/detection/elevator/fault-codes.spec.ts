import { describe, expect, it } from '@jest/globals';
import type { EventName } from '../../kernel/events.js';
import { LIFT_FAULTS, type LiftFault } from '../../telemetry/reading.js';
import { DEVICE_DETECTORS } from '../device-detectors.js';
import { fakeDevice, FakeEngine } from '../device/fake-engine.js';
import type { Detector } from '../detector.js';

const FIRST: Record<LiftFault, EventName | null> = {
  none: null,
  other: null,
  'safety-circuit': 'elevator.safety-circuit',
  'door-close-fault': 'elevator.door-fault',
  'door-open-fault': 'elevator.door-fault',
  'door-blocked': 'elevator.door-fault',
  'door-opened-while-running': 'elevator.unintended-movement',
  'unintended-movement': 'elevator.unintended-movement',
  'stopped-outside-door-zone': 'elevator.stopped-between-floors',
  'entrapment-at-level': 'elevator.entrapment-at-level',
  'entrapment-between-floors': 'elevator.entrapment-between-floors',
  'top-overtravel': 'elevator.overtravel',
  'pit-overtravel': 'elevator.overtravel',
  overspeed: 'elevator.overspeed',
  'alarm-button': 'elevator.alarm-button',
  ebike: 'elevator.ebike',
  'run-time-limiter': 'elevator.out-of-service',
  'floor-position-lost': 'elevator.out-of-service',
  'restart-prevented': 'elevator.out-of-service',
};

describe.each(LIFT_FAULTS)('the fault %s', (fault) => {
  it('is heard by the rule whose it is, told once to a standing car, and by no other', () => {
    const heard = DEVICE_DETECTORS.filter((d) => d.kinds.includes('elevator')).flatMap((d) => {
      const e = new FakeEngine(d as Detector<unknown, 'elevator'>, fakeDevice('elevator'));
      // 80 s is the longest hold among them; nobody knows whether there are people in the car.
      return e.reading({ fault, door: 'closed', floor: 3, mode: 'normal' }).advance(100).told;
    });
    const own = heard.filter((t) => t.finding.event.startsWith('elevator.')).map((t) => t.finding.event);
    // A car that stands between floors is also what the standstill rule looks for, a minute later, on the same ticket.
    const also = fault === 'entrapment-between-floors' ? ['elevator.stopped-between-floors'] : [];
    expect(own).toEqual(FIRST[fault] === null ? [] : [FIRST[fault], ...also]);
  });
});
