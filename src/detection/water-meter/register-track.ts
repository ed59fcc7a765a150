import type { Device } from '../../estate/device.js';
import { parameter, valueOf } from '../parameter.js';
import { q3Of, stepM3Of } from './meter.js';

/**
 * How far a register may fall and still be the same, only noisy: bridges mix reads of slightly different age. Of ten
 * real households one falls by 1 to 4 L about twice a week, by 6 L at the most (DAIAD trial).
 */
export const REGISTER_NOISE = parameter({
  key: 'meter.reverse.noiseL',
  default: 10,
  unit: 'L',
  min: 0,
  max: 1000,
  about: { zh: '累计读数回落多少以内视为噪声', en: 'a register that falls by no more than this is only noisy' },
  source: 'tune: DAIAD household meters, largest fall 6 L',
});

/** So many readings in a row on another level, and the register has moved there: a swap, not a stray value. */
export const KEPT_READS = 3;
/** More than a meter passes in a day at its overload flow Q4 = 1.25 Q3 (ISO 4064) is another register, not water. */
const OVERLOAD_DAY = 1.25 * 24;

export const noiseM3Of = (d: Device): number => Math.max(valueOf(d, REGISTER_NOISE) / 1000, 1.5 * stepM3Of(d));

/** The register that is followed, through noise, swaps and a second series under the same name. Plain JSON, m³. */
export interface RegisterTrack {
  /** Highest believed level. */
  readonly levelM3: number;
  readonly serial: string | null;
  /** Another level that readings have shown: a swap not yet believed, or a second series; how often in a row. */
  readonly other: { readonly levelM3: number; readonly reads: number } | null;
}

export interface Followed {
  /** The same object when the register stands still. */
  readonly track: RegisterTrack;
  /** Whole steps that have passed since the level moved last, m³; 0 = no step. */
  readonly deltaM3: number;
  /** Another register is followed from here on: what ran before says nothing about what runs next. */
  readonly swapped: boolean;
  /** The reading belongs to another series, and tells nothing of this one, not even that it stood still. */
  readonly foreign: boolean;
}

const still = (track: RegisterTrack, foreign: boolean): Followed => ({ track, deltaM3: 0, swapped: false, foreign });
const swap = (track: RegisterTrack): Followed => ({ track, deltaM3: 0, swapped: true, foreign: false });

export const beginTrack = (volumeM3: number, serial: string | undefined): RegisterTrack => ({
  levelM3: volumeM3,
  serial: serial ?? null,
  other: null,
});

/** @param serial the meter's serial number, where the reading tells it */
export function followRegister(
  t: RegisterTrack,
  volumeM3: number,
  serial: string | undefined,
  device: Device,
): Followed {
  if (serial !== undefined && serial !== t.serial) {
    if (t.serial !== null) return swap(beginTrack(volumeM3, serial));
    t = { ...t, serial };
  }
  const noise = noiseM3Of(device);
  const jump = OVERLOAD_DAY * q3Of(device);
  const distance = volumeM3 - t.levelM3;
  const { other } = t;
  const fits = distance >= -noise && distance <= jump;
  const fromOther = other === null ? Infinity : volumeM3 - other.levelM3;
  const fitsOther = fromOther >= -noise && fromOther <= jump;
  if (fits && !(fitsOther && Math.abs(fromOther) < Math.abs(distance))) {
    const calm = other !== null && other.reads > 0 ? { ...other, reads: 0 } : other;
    if (distance >= 0.9 * stepM3Of(device))
      return {
        track: { levelM3: volumeM3, serial: t.serial, other: calm },
        deltaM3: distance,
        swapped: false,
        foreign: false,
      };
    return still(calm === other ? t : { ...t, other: calm }, false);
  }
  if (other === null || !fitsOther) return still({ ...t, other: { levelM3: volumeM3, reads: 1 } }, true);
  const levelM3 = Math.max(volumeM3, other.levelM3);
  if (other.reads + 1 < KEPT_READS) return still({ ...t, other: { levelM3, reads: other.reads + 1 } }, true);
  // The old level is remembered: if the two series go on in turns, it is known as the other one at once.
  return swap({ ...t, levelM3, other: { levelM3: t.levelM3, reads: 0 } });
}
