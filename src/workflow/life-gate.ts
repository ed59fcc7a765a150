import type { EventName } from '../kernel/events.js';
import type { Device } from '../estate/device.js';

export type LifeGate =
  | { readonly kind: 'page' }
  /** The alarm is listed but opens no ticket. */
  | { readonly kind: 'suppress'; readonly state: 'DSUPR' | 'OOSRV'; readonly reason: string }
  | { readonly kind: 'ignore'; readonly reason: string };

/**
 * What a device's life lets through (domain §3). Commissioning: the installer sees it, nobody is paged. Maintenance:
 * a permit with an end; the alarm button keeps working. A device that has never been put to work raises nothing.
 */
export function lifeGate(event: EventName, device: Device | null, now: number): LifeGate {
  if (!device) return { kind: 'page' };
  switch (device.life) {
    case 'live':
      return { kind: 'page' };
    case 'commissioning':
      return { kind: 'suppress', state: 'DSUPR', reason: 'in commissioning: for the installer only' };
    case 'maintenance':
      if (event === 'elevator.alarm-button') return { kind: 'page' };
      if (device.maintenanceUntil !== null && device.maintenanceUntil <= now) return { kind: 'page' };
      return { kind: 'suppress', state: 'OOSRV', reason: 'under a maintenance permit' };
    case 'registered':
    case 'retired':
      return { kind: 'ignore', reason: `device-${device.life}` };
  }
}
