import type { Device } from '../../estate/device.js';
import type { ElevatorValues } from '../../telemetry/reading.js';
import { parameter, valueOf } from '../parameter.js';
import { MOVING_SPEED, msOf } from './car-parameters.js';
import { faultMeans } from './fault-codes.js';
import { declares, needs } from './lift-fitness.js';
import { liftRule } from './lift-rule.js';

/** Not seen for so long, it has left the car. */
export const EBIKE_GONE = parameter({
  key: 'elevator.ebike.goneMin',
  default: 5,
  unit: 'min',
  min: 0,
  max: 60,
  about: { zh: '不再看到多久视为已离开', en: 'not seen for so long: it has left' },
  source: 'domain §4 "Lifts"',
});

interface Ebike {
  readonly seen: boolean;
  /** The last sighting was a code, which another code takes back. */
  readonly byCode: boolean;
  /** Readings in a row with it inside, at most two: it must be seen and then still be seen. */
  readonly sightings: number;
  /** The door is closed; of a lift that tells no door, the car runs. */
  readonly shut: boolean;
  readonly doorTold: boolean;
}

function observe(m: Ebike, v: ElevatorValues, _now: number, d: Device): Ebike {
  const code = faultMeans(v.fault, 'elevator.ebike');
  const takenBack = m.byCode && v.fault !== undefined && !code;
  const seen = code || (v.ebikeInCar ?? (m.seen && !takenBack));
  const byCode = seen && v.ebikeInCar === undefined && (code || m.byCode);
  const sightings = !seen ? 0 : code ? 2 : Math.min(2, m.sightings + 1);
  const doorTold = m.doorTold || (v.door !== undefined && v.door !== 'unknown');
  let shut = m.shut;
  if (v.door !== undefined && v.door !== 'unknown') shut = v.door === 'closed' || v.door === 'locked';
  else if (!doorTold && v.speedMps !== undefined) shut = Math.abs(v.speedMps) >= valueOf(d, MOVING_SPEED);
  const same =
    seen === m.seen && byCode === m.byCode && sightings === m.sightings && shut === m.shut && doorTold === m.doorTold;
  return same ? m : { seen, byCode, sightings, shut, doorTold };
}

/**
 * An electric bicycle rides along (domain §4): seen, and still seen once the door has closed. A rider who is sent back
 * out by the voice in the car, and a camera that errs for one picture, are no alarm.
 */
export const ebikeDetector = liftRule<Ebike>({
  event: 'elevator.ebike',
  parameters: [EBIKE_GONE],
  fitness: (d) =>
    declares(d, 'door', 'speedMps') ? needs(d, 'ebikeInCar', 'fault', 'faultCode') : needs(d, 'door', 'speedMps'),
  initial: Object.freeze({ seen: false, byCode: false, sightings: 0, shut: false, doorTold: false }),
  observe,
  holds: (m) => m.shut && m.sightings >= 2,
  stays: (m) => m.seen,
  holdMs: () => 0,
  clearMs: (d) => msOf(d, EBIKE_GONE) * 60,
  reason: () => 'an electric bicycle is in the car, and still was once the door had closed',
  gone: 'no electric bicycle seen any more',
});
