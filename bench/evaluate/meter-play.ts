import { detectorsFor } from '../../src/detection/device-detectors.js';
import type { Detector } from '../../src/detection/detector.js';
import type { Device } from '../../src/estate/device.js';
import type { EventName } from '../../src/kernel/events.js';
import { DAIAD_ZONE, type MeterRead } from '../datasets/daiad.js';
import { DevicePlay, playedDevice, type Found } from './play.js';

export const HOUR_MS = 3_600_000;
export const MONTH_MS = 730 * HOUR_MS;

/** The rules of water meters, without those that every device has. */
const METER_RULES: readonly Detector[] = detectorsFor('water-meter').filter((d) => d.id.startsWith('meter.'));

export interface MeterSetting {
  readonly id: string;
  readonly intervalS?: number;
  /** Litres. */
  readonly stepL?: number;
  readonly over?: Partial<Device>;
}

export type MeterPlay = DevicePlay<'water-meter'>;

/** A household meter of Q3 = 2.5 m³/h under its own rules. */
export function meterPlay(setting: MeterSetting): MeterPlay {
  const { id, intervalS = 3600, stepL = 1, over = {} } = setting;
  const attributes = { expectedIntervalS: intervalS, capabilities: [], q3M3h: 2.5, registerStepM3: stepL / 1000 };
  const device = playedDevice('water-meter', id, {
    unit: id,
    occupancy: 'occupied',
    timezone: DAIAD_ZONE,
    attributes,
    ...over,
  });
  return new DevicePlay(device, METER_RULES);
}

export function playReads(play: MeterPlay, reads: readonly MeterRead[]): MeterPlay {
  for (const r of reads) play.reading({ volumeM3: r.litres / 1000 }, r.at);
  return play;
}

export const raisesOf = (play: MeterPlay, event: EventName): Found[] =>
  play.found.filter(({ finding }) => finding.event === event && finding.kind === 'raise');

/** From a raise to its clear, with the times at which it became P3 or worse. */
export interface Alarm {
  readonly from: number;
  to: number;
  seriousAt: number | null;
}

export function alarmsOf(play: MeterPlay, event: EventName): Alarm[] {
  const alarms: Alarm[] = [];
  for (const { at, finding } of play.found) {
    if (finding.event !== event) continue;
    const seriousAt = finding.priority !== undefined && finding.priority <= 'P3' ? at : null;
    const open = alarms.at(-1);
    if (finding.kind === 'raise') alarms.push({ from: at, to: Infinity, seriousAt });
    else if (open && finding.kind === 'clear') open.to = at;
    else if (open) open.seriousAt ??= seriousAt;
  }
  return alarms;
}

/** The reads of one stretch of a series, its ends included. */
export const between = (reads: readonly MeterRead[], from: number, to: number): MeterRead[] =>
  reads.filter((r) => r.at >= from && r.at <= to);
