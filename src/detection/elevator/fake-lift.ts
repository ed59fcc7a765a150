import type { Device } from '../../estate/device.js';
import type { ElevatorValues } from '../../telemetry/reading.js';
import { fakeDevice } from '../device/fake-engine.js';

/** A lift that misses no opening, sampled every second. */
export const eventLift = (over: Partial<Device> = {}): Device =>
  fakeDevice('elevator', {
    attributes: { expectedIntervalS: 1, capabilities: ['peopleInCar', 'speedMps', 'door-events'] },
    ...over,
  });

/** A lift that is asked now and then. */
export const polledLift = (expectedIntervalS: number): Device =>
  fakeDevice('elevator', { attributes: { expectedIntervalS, capabilities: [] } });

const car = (over: ElevatorValues): ElevatorValues => ({
  mode: 'normal',
  floor: 3,
  direction: 'none',
  speedMps: 0,
  doorZone: true,
  door: 'closed',
  peopleInCar: false,
  alarmButton: false,
  ...over,
});

/** Level, door closed, nobody inside. */
export const parked = (over: ElevatorValues = {}): ElevatorValues => car(over);
export const boarding = (over: ElevatorValues = {}): ElevatorValues =>
  car({ door: 'open', peopleInCar: true, ...over });
export const openEmpty = (over: ElevatorValues = {}): ElevatorValues => car({ door: 'open', ...over });
/** Between floors, door closed, people inside, standing. */
export const trapped = (over: ElevatorValues = {}): ElevatorValues =>
  car({ doorZone: false, peopleInCar: true, ...over });
export const running = (over: ElevatorValues = {}): ElevatorValues =>
  car({ doorZone: false, peopleInCar: true, speedMps: 1.5, direction: 'up', ...over });
