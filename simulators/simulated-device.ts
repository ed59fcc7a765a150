import type { DeviceAttributes, DeviceKind, DeviceLife, Occupancy } from '../src/estate/device.js';
import type { EstateFile } from '../src/estate/estate-file.js';

/** What a simulator must know of the device that it plays. */
export interface SimulatedDevice {
  readonly id: string;
  readonly estate: string;
  readonly kind: DeviceKind;
  readonly building: string | null;
  /** Of its own, or the water riser of its unit. */
  readonly riser: string | null;
  readonly attributes: DeviceAttributes;
  readonly life: DeviceLife;
  /** Of its unit; null when it belongs to none. */
  readonly occupancy: Occupancy | null;
}

export function simulatedDevices(file: EstateFile): SimulatedDevice[] {
  const units = new Map(file.units.map((u) => [u.id, u]));
  return file.devices.map((d) => {
    const unit = d.unit === null ? undefined : units.get(d.unit);
    return {
      id: d.id,
      estate: file.estate.id,
      kind: d.kind,
      building: d.building ?? unit?.building ?? null,
      riser: d.riser ?? unit?.waterRiser ?? null,
      attributes: d.attributes,
      life: d.life,
      occupancy: unit?.occupancy ?? null,
    };
  });
}
