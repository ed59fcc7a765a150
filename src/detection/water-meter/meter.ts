import { deviceSubject, type Device } from '../../estate/device.js';
import type { Subject } from '../../kernel/events.js';
import type { WaterMeterValues } from '../../telemetry/reading.js';
import type { Fitness } from '../detector.js';

/** A household meter, when the device does not say (ISO 4064: DN15 is Q3 = 2.5 m³/h; 1 L is the usual last digit). */
const DEFAULT_Q3_M3H = 2.5;
const DEFAULT_STEP_M3 = 0.001;

/** Permanent flow of the meter, m³/h. */
export const q3Of = (d: Device): number => d.attributes.q3M3h ?? DEFAULT_Q3_M3H;

/** The smallest step that its register shows, m³. */
export const stepM3Of = (d: Device): number => d.attributes.registerStepM3 ?? DEFAULT_STEP_M3;

export const intervalMsOf = (d: Device): number => d.attributes.expectedIntervalS * 1000;

/** Water in a home is the home's matter; a meter that belongs to none speaks for itself. */
export const unitSubject = (d: Device): Subject => (d.unit === null ? deviceSubject(d) : { type: 'unit', id: d.unit });

/** Readings that change places within 5 s change nothing (domain §4): a hold between two is no more exact than that. */
export const ARRIVAL_SLACK_MS = 10_000;

/** How long a register that shows `stepM3` takes for one step at `litresPerHour`, ms. */
export const stepTimeMs = (stepM3: number, litresPerHour: number): number =>
  ((stepM3 * 1000) / litresPerHour) * 3_600_000;

/** Registers come as decimals: a tenth of a step is rounding. */
export const stepsIn = (m3: number, stepM3: number): number => Math.floor(m3 / stepM3 + 0.1);

/** Litres with one decimal, for people. */
export const litres = (m3: number): number => Math.round(m3 * 10_000) / 10;

/** Off for want of a register, for the rules that work on nothing else; null = it has one. */
export function withoutRegister(d: Device): Fitness | null {
  const { capabilities } = d.attributes;
  if (capabilities.length === 0 || capabilities.includes('volumeM3')) return null;
  const detail = { zh: '该水表不上报累计水量', en: 'the meter reports no register' };
  return { on: false, why: 'missing-capability', detail };
}

/** The register that a reading tells of. Estimated reads neither raise nor clear (domain §4; Badger). */
export const realRegister = (v: WaterMeterValues): number | null =>
  v.estimated === true ? null : (v.volumeM3 ?? null);
