import type { Device } from '../../src/estate/device.js';
import type { ElevatorValues } from '../../src/telemetry/reading.js';
import type { Random } from '../random.js';
import type { Car } from './car.js';

/** How a lift was fitted out. */
export interface Fitting {
  /** Seconds between readings when nothing happens. */
  readonly intervalS: number;
  /** Tells doors, people and stops as they change; otherwise it is asked now and then. */
  readonly events: boolean;
  readonly position: boolean;
  readonly load: boolean;
  readonly calls: boolean;
  /** The presence sensor believes in a person for so long after he last moved, s. Infinity: a camera that counts. */
  readonly presenceHoldS: number;
}

/** Event devices as installed now, older ones that are polled; those have a load cell, which loses nobody. */
export function drawFitting(random: Random): Fitting {
  const events = random.chance(0.75);
  const intervalS = events ? random.pick([10, 30, 60]) : random.pick([5, 10]);
  return {
    intervalS,
    events,
    position: random.chance(0.5),
    load: !events || random.chance(0.3),
    calls: random.chance(0.4),
    // A polled flag is latched for longer than a poll, or it would tell nothing.
    presenceHoldS: random.chance(0.25) ? Infinity : events ? random.between(3, 30) : random.between(1.5, 3) * intervalS,
  };
}

export function capabilitiesOf(f: Fitting): Device['attributes']['capabilities'] {
  return [
    'mode',
    'floor',
    'speedMps',
    'doorZone',
    'door',
    'peopleInCar',
    'alarmButton',
    'mainsPower',
    'safetyCircuitClosed',
    ...(f.events ? ['door-events'] : []),
    ...(f.position ? ['positionM'] : []),
    ...(f.load ? ['loadKg'] : []),
    ...(f.calls ? ['carCalls'] : []),
  ];
}

/** (per reading) a standing car's encoder shows a speed; the door-zone switch says the opposite of what is so. */
const SPEED_NOISE = 0.005;
const ZONE_FLICKER = 0.003;

/** What the device's sensors make of the car. */
export class Sensors {
  private movedAt = -Infinity;
  private lastPeople = 0;
  private lastAt = 0;

  constructor(
    private readonly fitting: Fitting,
    private readonly random: Random,
  ) {}

  read(car: Car): ElevatorValues {
    const { fitting, random } = this;
    const { positionM, speedMps } = car.motion();
    const standing = !car.moving;
    const jerks = standing && random.chance(SPEED_NOISE);
    const flickers = standing && !car.level && random.chance(ZONE_FLICKER);
    const v: ElevatorValues = {
      mode: car.mode,
      floor: car.profile.landings[car.landing] ?? 1,
      direction: car.direction,
      speedMps: jerks ? random.between(0.05, 0.3) : Math.round(Math.abs(speedMps) * 100) / 100,
      doorZone: car.level !== flickers,
      door: car.door,
      peopleInCar: this.seesPeople(car),
      alarmButton: car.button,
      mainsPower: car.mains,
      safetyCircuitClosed: car.door === 'closed',
    };
    if (fitting.position) v.positionM = Math.round(positionM * 100) / 100;
    if (fitting.load) v.loadKg = car.mains ? this.load(car) : 0;
    if (fitting.calls) v.carCalls = car.mains ? new Set(car.riders.map((p) => p.to)).size + car.idleCalls : 0;
    return v;
  }

  /** A blackout drops the flag; a motion sensor loses whoever keeps still. */
  private seesPeople(car: Car): boolean {
    const { people, at } = car;
    const dtS = (at - this.lastAt) / 1000;
    if (people !== this.lastPeople) this.movedAt = at;
    else if (people > 0 && this.random.chance(1 - Math.exp((-dtS * people) / car.fidgetS))) this.movedAt = at;
    this.lastPeople = people;
    this.lastAt = at;
    if (people === 0 || !car.mains) return false;
    return at - this.movedAt <= this.fitting.presenceHoldS * 1000;
  }

  private load(car: Car): number {
    const kg = car.riders.reduce((sum, p) => sum + p.kg, 0) + 75 * car.staff;
    return Math.max(0, Math.round(kg + 4 * this.random.noise()));
  }
}

/** Whether an event device reports at once: what an operator would want to know now. */
export function worthTelling(a: ElevatorValues, b: ElevatorValues): boolean {
  return (
    a.door !== b.door ||
    a.doorZone !== b.doorZone ||
    a.peopleInCar !== b.peopleInCar ||
    (a.speedMps ?? 0) >= 0.05 !== (b.speedMps ?? 0) >= 0.05 ||
    a.mode !== b.mode ||
    a.mainsPower !== b.mainsPower ||
    a.alarmButton !== b.alarmButton ||
    a.floor !== b.floor
  );
}
