import type { Device } from '../../src/estate/device.js';
import { landingsBetween, liftProfile } from '../elevator/lift-profile.js';
import { Random } from '../random.js';
import { Labels } from './labels.js';
import { LiftLife } from './life.js';
import { drawNetwork, Network } from './network.js';
import { RuledDevice } from './ruled-device.js';
import { judge, type Alarm, type Judged } from './score.js';
import { capabilitiesOf, drawFitting, Sensors, worthTelling, type Fitting } from './sensors.js';
import type { ElevatorValues } from '../../src/telemetry/reading.js';

const BEGIN = Date.UTC(2026, 0, 5);
/** While a car moves, an event device tells where it is this often. */
const MOVING_EVERY_MS = 2_000;
const RESTART_EVERY_H = 500;
/** Neighbouring seeds would else share lifts: their low bits meet the digits of the lift's number. */
const SPREAD = 2_654_435_761;

export interface LabelledLift {
  readonly seed: number;
  readonly number: number;
  readonly fitting: Fitting;
  readonly buffers: boolean;
  readonly hours: number;
  readonly readings: number;
  readonly judged: Judged;
  readonly alarms: readonly Alarm[];
}

/** Plays one lift for so many hours under the real rules and judges what they said by what was so. */
export function playLabelledLift(seed: number, number: number, hours: number): LabelledLift {
  const draw = (label: string): Random => Random.for(Math.imul(seed, SPREAD), number, label);
  const built = draw('built');
  const fitting = drawFitting(built);
  const landings = landingsBetween(built.pick([-2, -1, 1]), built.pick([6, 11, 18, 26, 33]));
  const profile = liftProfile({
    landings,
    ratedSpeedMps: built.pick([1, 1.5, 1.75, 2.5]),
    passengersPerHour: built.between(5, 40),
  });
  const traits = { parksOpen: built.chance(0.15), taskEveryH: 8, trapShare: 0.2 };
  const life = new LiftLife(profile, traits, draw('life'), BEGIN);
  const sensors = new Sensors(fitting, draw('sensors'));
  const network = new Network(drawNetwork(built), draw('network'), BEGIN);
  const fates = draw('fates');
  const alarms: Alarm[] = [];
  const ruled = new RuledDevice(deviceOf(number, fitting, landings, traits.parksOpen), (f, at) => {
    if (f.kind === 'clear' || !f.event.startsWith('elevator.')) return;
    if (f.kind === 'update') return;
    alarms.push({
      at,
      event: f.event,
      priority: f.priority,
      since: f.since,
      reason: f.reason,
      cause: life.cause,
      afterOutS: Math.round((at - network.lastOutAt) / 1000),
    });
  });
  const labels = new Labels();
  const { car } = life;
  const endAt = BEGIN + hours * 3_600_000;

  let told: ElevatorValues = {};
  let reportAt = BEGIN;
  let readings = 0;
  let dark = false;
  let restartAt = BEGIN + fates.exponential(RESTART_EVERY_H * 3_600_000);
  const deliver = (): void => {
    for (const d of network.arrivals(car.at)) {
      for (const r of d.readings) labels.heard(r.seq, d.at);
      ruled.deliver(d.readings, d.at);
    }
  };
  const look = (): void => {
    deliver();
    ruled.advance(car.at);
    if (car.at >= restartAt) {
      ruled.restart(car.at);
      restartAt = car.at + fates.exponential(RESTART_EVERY_H * 3_600_000);
    }
    const due = car.at >= reportAt;
    if (life.deviceDead || !(due || fitting.events)) return;
    const values = sensors.read(car);
    if (!due && !worthTelling(told, values)) return;
    told = values;
    labels.measured(readings++, car);
    reportAt = car.at + (car.moving && fitting.events ? MOVING_EVERY_MS : fitting.intervalS * 1000);
    network.send(values, car.at);
    deliver();
  };

  const waits = life.run(endAt);
  for (let next = waits.next(); !next.done && car.at < endAt; next = waits.next()) {
    labels.note(car, life.cause);
    if (life.houseDark !== dark) {
      dark = life.houseDark;
      ruled.advance(car.at);
      ruled.input({ type: 'building-power', lost: dark }, car.at);
    }
    look();
    while (reportAt < next.value) {
      car.at = Math.max(car.at, reportAt);
      if (life.deviceDead) reportAt = next.value;
      else look();
    }
    car.at = next.value;
  }
  labels.note(car, life.cause);
  // An entrapment that the end of the play cuts off proves nothing either way.
  const over = labels.entrapments.filter((e) => e.endAt !== null);
  const cut = labels.entrapments.find((e) => e.endAt === null)?.sinceAt ?? endAt;
  const within = alarms.filter((a) => a.at < cut);
  const judged = judge(over, within, fitting.intervalS * 1000 * 2 + 20_000);
  return { seed, number, fitting, buffers: network.traits.buffers, hours, readings, judged, alarms };
}

function deviceOf(number: number, fitting: Fitting, landings: readonly number[], parksOpen: boolean): Device {
  const top = landings.at(-1) ?? 1;
  return {
    id: `lift-${number}`,
    no: number,
    estate: 'labelled',
    kind: 'elevator',
    name: { zh: '电梯', en: 'Lift' },
    building: 'b1',
    unit: null,
    riser: null,
    floor: null,
    attributes: {
      expectedIntervalS: fitting.intervalS,
      capabilities: capabilitiesOf(fitting),
      terminalFloors: [landings[0] ?? 1, top],
      ...(parksOpen ? { parksOpenAt: landings } : {}),
    },
    life: 'live',
    maintenanceUntil: null,
    occupancy: null,
    welfare: false,
    visitUntil: null,
    awayUntil: null,
    timezone: 'Asia/Shanghai',
    overrides: {},
    tokenSha256: null,
    hasSpoken: false,
  };
}
