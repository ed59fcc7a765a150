import type { Device } from '../../estate/device.js';
import type { GroupScope } from '../group-detector.js';

/** Where a device belongs: what group rules look at together. */
export interface Membership {
  readonly scope: GroupScope;
  readonly id: string;
}

/** A place whose devices are judged together. */
export interface ReplayedPlace extends Membership {
  readonly estate: string;
  readonly timezone: string;
}

/** @param waterRiserOf the riser that feeds a unit; null = not known */
export function membershipsOf(device: Device, waterRiserOf: (unit: string) => string | null): Membership[] {
  const riser = device.riser ?? (device.unit === null ? null : waterRiserOf(device.unit));
  return [
    ...(device.building === null ? [] : [{ scope: 'building' as const, id: device.building }]),
    ...(riser === null ? [] : [{ scope: 'riser' as const, id: riser }]),
    { scope: 'estate' as const, id: device.estate },
  ];
}
