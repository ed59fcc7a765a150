import type { Device } from '../../estate/device.js';
import { stepM3Of } from './meter.js';
import { KEPT_READS, noiseM3Of } from './register-track.js';

/**
 * A register that goes down. One fall may be a swap or a second series under the same name; water that runs backwards
 * makes it fall again and again. Plain JSON, m³.
 */
export interface RegisterFalls {
  /** Highest level since the falls began, or ever. */
  readonly topM3: number;
  readonly lastM3: number;
  /** The largest single fall since the top: a swap is one large fall, and what noise adds to it is small. */
  readonly largestM3: number;
  /** Readings in a row that did not fall, below the top. */
  readonly kept: number;
  readonly serial: string | null;
}

export const beginFalls = (volumeM3: number, serial: string | undefined): RegisterFalls => ({
  topM3: volumeM3,
  lastM3: volumeM3,
  largestM3: 0,
  kept: 0,
  serial: serial ?? null,
});

/** The falls after one more reading; the same object when nothing moved. */
export function watchFalls(
  f: RegisterFalls,
  volumeM3: number,
  serial: string | undefined,
  device: Device,
): RegisterFalls {
  if (serial !== undefined && serial !== f.serial) {
    if (f.serial !== null) return beginFalls(volumeM3, serial);
    f = { ...f, serial };
  }
  if (volumeM3 >= f.topM3)
    return volumeM3 === f.topM3 && f.lastM3 === f.topM3 ? f : { ...beginFalls(volumeM3, undefined), serial: f.serial };
  const fall = f.lastM3 - volumeM3;
  if (fall > 0.1 * stepM3Of(device)) return { ...f, lastM3: volumeM3, largestM3: Math.max(f.largestM3, fall), kept: 0 };
  if (f.topM3 - volumeM3 <= noiseM3Of(device)) return volumeM3 === f.lastM3 ? f : { ...f, lastM3: volumeM3 };
  // A new level that is kept: another meter, or this one was set back.
  if (f.kept + 1 >= KEPT_READS) return { ...beginFalls(volumeM3, undefined), serial: f.serial };
  return { ...f, lastM3: volumeM3, kept: f.kept + 1 };
}

/** By how much it ran backwards, m³; 0 while one swap and noise explain the falls. */
export function ranBackM3(f: RegisterFalls, device: Device): number {
  const fallenM3 = f.topM3 - f.lastM3;
  const noise = noiseM3Of(device);
  return fallenM3 > noise && fallenM3 - f.largestM3 > noise ? fallenM3 : 0;
}
