import { say, type CaseDevice, type Moment } from './case.js';

const CAPS = [
  ...['mode', 'floor', 'speedMps', 'doorZone', 'door', 'door-events', 'peopleInCar', 'carCalls', 'alarmButton'],
  ...['mainsPower', 'safetyCircuitClosed', 'ebikeInCar', 'pitWater', 'faultCode'],
];
export const lift = (over: Partial<CaseDevice> = {}): CaseDevice => ({
  id: 'car',
  kind: 'elevator',
  everyS: 10,
  caps: CAPS,
  attributes: { terminalFloors: [1, 18] },
  ...over,
});
const PARKED = {
  mode: 'normal',
  floor: 3,
  direction: 'none',
  speedMps: 0,
  doorZone: true,
  door: 'closed',
  peopleInCar: false,
  carCalls: 0,
  alarmButton: false,
  mainsPower: true,
  safetyCircuitClosed: true,
  ebikeInCar: false,
  pitWater: false,
};
export type Car = Readonly<Record<string, unknown>>;
export const car = (over: Car = {}): Car => ({ ...PARKED, ...over });
export const OPEN = { door: 'open', safetyCircuitClosed: false };
export const RUNS = { doorZone: false, speedMps: 1.5, direction: 'up' };

/** Somebody gets in at 0 s; the door is closed and the car runs at 6 s. */
export const rideBegins = (people: Car = { peopleInCar: true, carCalls: 1 }): Moment[] => [
  say(0, 'car', car({ ...OPEN, ...people })),
  say(4, 'car', car({ door: 'closing', safetyCircuitClosed: false, ...people })),
  say(6, 'car', car(people)),
  say(7, 'car', car({ ...RUNS, ...people })),
  say(9, 'car', car({ ...RUNS, floor: 4, ...people })),
];
/** The door opens at a landing from `t` on, everybody leaves, and it closes 20 s later. */
export const letOut = (t: number, over: Car = {}): Moment[] => [
  say(t, 'car', car({ door: 'opening', safetyCircuitClosed: false, floor: 4, peopleInCar: true, ...over })),
  say(t + 2, 'car', car({ ...OPEN, floor: 4, peopleInCar: true, ...over })),
  say(t + 5, 'car', car({ ...OPEN, floor: 4, ...over })),
  say(t + 15, 'car', car({ ...OPEN, floor: 4, ...over })),
  say(t + 20, 'car', car({ floor: 4, ...over })),
];
export const people = { peopleInCar: true, carCalls: 1 };
export const stuck = { floor: 4, doorZone: false, ...people };
