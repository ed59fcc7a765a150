import type { Device } from '../../estate/device.js';
import type { EventName } from '../../kernel/events.js';
import type { ElevatorValues } from '../../telemetry/reading.js';
import type { Detector } from '../detector.js';
import { parameter, valueOf } from '../parameter.js';
import { msOf } from './car-parameters.js';
import { faultMeans } from './fault-codes.js';
import { needs } from './lift-fitness.js';
import { liftRule, type LiftRuleState } from './lift-rule.js';

type FlagState = LiftRuleState<boolean>;

interface Flag {
  readonly event: EventName;
  /** Undefined: this reading does not tell. */
  readonly told: (v: ElevatorValues) => boolean | undefined;
  readonly field: keyof ElevatorValues;
  readonly reason: string;
  readonly gone: string;
}

const holdOf = (event: EventName) =>
  parameter({
    key: `${event}.holdS`,
    default: 5,
    unit: 's',
    min: 0,
    max: 300,
    about: { zh: '状态持续多久报警', en: 'the mode or flag must hold for so long' },
    source: 'domain §4 "Lifts"',
  });

/** Raised by a mode or flag that holds for 5 s, over when it is gone (domain §4). */
function flagRule(f: Flag): Detector<FlagState, 'elevator'> {
  const hold = holdOf(f.event);
  return liftRule<boolean>({
    event: f.event,
    parameters: [hold],
    fitness: (d) => needs(d, f.field),
    initial: false,
    observe: (on, v) => f.told(v) ?? on,
    holds: (on) => on,
    holdMs: (d) => msOf(d, hold),
    reason: (_on, heldS) => `${f.reason} for ${heldS} s`,
    gone: f.gone,
  });
}

/** An unknown mode is no mode: the last one told stands. */
const inMode = (mode: ElevatorValues['mode']) => (v: ElevatorValues) =>
  v.mode === undefined || v.mode === 'unknown' ? undefined : v.mode === mode;

export const powerLostDetector = flagRule({
  event: 'elevator.power-lost',
  told: (v) => (v.mainsPower === undefined ? undefined : !v.mainsPower),
  field: 'mainsPower',
  reason: 'without mains power',
  gone: 'the mains are back',
});
export const pitWaterDetector = flagRule({
  event: 'elevator.pit-water',
  told: (v) => v.pitWater,
  field: 'pitWater',
  reason: 'water in the pit',
  gone: 'the pit is dry',
});
export const emergencyPowerDetector = flagRule({
  event: 'elevator.emergency-power',
  told: inMode('emergency-power'),
  field: 'mode',
  reason: 'on emergency power',
  gone: 'no longer on emergency power',
});
export const earthquakeDetector = flagRule({
  event: 'elevator.earthquake',
  told: inMode('earthquake'),
  field: 'mode',
  reason: 'in earthquake mode',
  gone: 'no longer in earthquake mode',
});

const SERVICE_HOLD = holdOf('elevator.out-of-service');

interface Service {
  readonly stopped: boolean;
  readonly inspection: boolean;
  /** The controller has given up by its own word. */
  readonly failed: boolean;
}

function observeService(s: Service, v: ElevatorValues, d: Device): Service {
  const known = v.mode !== undefined && v.mode !== 'unknown';
  const stopped = known ? v.mode === 'stopped' : s.stopped;
  const inspection = known ? v.mode === 'inspection' : s.inspection;
  // A car that runs has found itself again, whatever it said before.
  const runs = v.speedMps !== undefined && Math.abs(v.speedMps) >= RUNS_MPS(d);
  const failed =
    v.fault === undefined ? s.failed && !runs : faultMeans(v.fault, 'elevator.out-of-service') && !(s.failed && runs);
  const same = stopped === s.stopped && inspection === s.inspection && failed === s.failed;
  return same ? s : { stopped, inspection, failed };
}

/** Faster than a car creeps on its search for a landing, m/s. */
const RUNS_PARAMETER = parameter({
  key: 'elevator.out-of-service.runsMps',
  default: 0.5,
  unit: 'm/s',
  min: 0.05,
  max: 2,
  about: { zh: '达到此速度视为已恢复运行', en: 'from this speed on the car is in service again' },
  source: 'tune',
});
const RUNS_MPS = (d: Device): number => valueOf(d, RUNS_PARAMETER);

/** Nobody is carried: switched off, or stopped by its own controller (run-time limiter, restart prevented …). */
export const outOfServiceDetector = liftRule<Service>({
  event: 'elevator.out-of-service',
  parameters: [SERVICE_HOLD, RUNS_PARAMETER],
  fitness: (d) => needs(d, 'mode', 'fault'),
  initial: Object.freeze({ stopped: false, inspection: false, failed: false }),
  observe: (s, v, _now, d) => observeService(s, v, d),
  // In inspection a technician makes and clears such faults.
  holds: (s) => s.stopped || (s.failed && !s.inspection),
  stays: (s) => s.stopped || s.failed,
  holdMs: (d) => msOf(d, SERVICE_HOLD),
  reason: (s, heldS) => `${s.stopped ? 'out of service' : 'stopped by its own controller'} for ${heldS} s`,
  evidence: (s) => ({ stopped: s.stopped, failed: s.failed }),
  gone: 'in service again',
});
