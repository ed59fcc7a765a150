import { eventDefinition, isConfigured, type EventDefinition, type EventName } from '../kernel/events.js';
import type { Device } from './device.js';

/**
 * What an event means at this device. One that an estate has configured for a generic device is told by the device's own
 * rule, now and for its open alarms; without the rule (taken out of the file) its key must do.
 */
export function definitionFor(
  event: EventName,
  device: Pick<Device, 'attributes'> | null | undefined,
): EventDefinition {
  if (!isConfigured(event)) return eventDefinition(event);
  return device?.attributes.rules?.find((r) => r.event === event)?.own ?? eventDefinition(event);
}
