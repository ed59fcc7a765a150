import type { Device, DeviceKind } from '../../estate/device.js';
import type { GenericValues, PipeSensorValues, WaterMeterValues } from '../../telemetry/reading.js';
import { needsOneOf } from './capability-fitness.js';
import { heldDetector } from './held-detector.js';
import type { HeldAlarm, Sight } from './held-alarm.js';
import { parameter, valueOf } from '../parameter.js';

const LOW_PCT = parameter({
  key: 'device.low-battery.lowPct',
  default: 20,
  unit: '%',
  min: 1,
  max: 90,
  about: { zh: '电量不高于此值为低', en: 'At or below this the battery is low' },
  source: 'tune',
});
/** A battery gains on a warm day; only a new one gains that much. */
const CLEAR_PCT = parameter({
  key: 'device.low-battery.clearPct',
  default: 30,
  unit: '%',
  min: 1,
  max: 100,
  about: { zh: '电量高于此值为已更换', en: 'Above this it has been changed' },
  source: 'tune',
});

interface Told {
  readonly flag: boolean | null;
  readonly pct: number | null;
}

function told(v: WaterMeterValues & PipeSensorValues & GenericValues): Told {
  const { channels } = v;
  const pct = v.batteryPct ?? channels?.['batteryPct'];
  const flag = v.flags ? v.flags.includes('low-battery') : channels?.['lowBattery'];
  return { flag: typeof flag === 'boolean' ? flag : null, pct: typeof pct === 'number' ? pct : null };
}

function sightOf({ flag, pct }: Told, s: HeldAlarm, d: Device): Sight | null {
  if (flag === true) return 'holds';
  if (pct !== null) return pct <= valueOf(d, LOW_PCT) ? 'holds' : pct > valueOf(d, CLEAR_PCT) ? 'over' : 'between';
  // No flag does not undo a charge that was read.
  return flag === null || s.value !== null ? null : 'over';
}

const KINDS: readonly DeviceKind[] = ['water-meter', 'pipe-sensor', 'generic'];

/** A battery that wants changing (domain §4): the device's own flag, or its charge. */
export const lowBatteryDetector = heldDetector<DeviceKind>({
  event: 'device.low-battery',
  kinds: KINDS,
  parameters: [LOW_PCT, CLEAR_PCT],
  fitness: (d) =>
    d.kind === 'generic' ? needsOneOf(d, 'batteryPct', 'lowBattery') : needsOneOf(d, 'batteryPct', 'flags'),
  see: (v, d, s) => {
    const said = told(v as WaterMeterValues & PipeSensorValues & GenericValues);
    const sight = sightOf(said, s, d);
    return sight && { sight, value: said.pct };
  },
  holds: () => ({ holdMs: 0, clearMs: 0 }),
  tell: (_d, s) => ({
    reason: s.value === null ? 'the device says that its battery is low' : `battery at ${s.value} %`,
    evidence: { batteryPct: s.value },
  }),
  over: 'battery changed',
});
