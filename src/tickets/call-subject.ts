import type { Device } from '../estate/device.js';
import type { EstateDirectory } from '../estate/estate-directory.js';
import { DomainError } from '../kernel/domain-error.js';
import type { EventName, Subject, SubjectType } from '../kernel/events.js';
import { whereabouts } from './call-kinds.js';

/** What a call is about: the device itself where there can be no doubt which one is meant, else the place. */
export interface CallSubject {
  readonly subject: Subject;
  readonly device: Device | null;
}

/**
 * The one device that a caller means with his place (the only lift of a building, the meter of a flat), so that his call and
 * the device's own alarm are one. Between two lifts nothing is guessed: people in danger are never merged across cars.
 * @throws DomainError `not-found` for a place that the estate has not, `invalid` where such an event cannot be
 */
export function callSubject(
  directory: EstateDirectory,
  estate: string,
  place: { readonly type: SubjectType; readonly id: string },
  event: EventName,
): CallSubject {
  if (directory.estateOf(place) !== estate)
    throw new DomainError('not-found', 'There is no such place in this estate.', { place });
  const { kinds, places } = whereabouts(event);
  if (place.type === 'device') {
    const device = directory.device(place.id) as Device;
    if (kinds.includes(device.kind) && knows(device, event)) return { subject: place, device };
    // Whoever names the door for water in the hall means the hall.
    const around = device.unit
      ? ({ type: 'unit', id: device.unit } as const)
      : device.riser
        ? ({ type: 'riser', id: device.riser } as const)
        : device.building
          ? ({ type: 'building', id: device.building } as const)
          : ({ type: 'estate', id: estate } as const);
    if (places.includes(around.type)) return { subject: around, device: null };
    throw notThere(event, place.type);
  }
  const near = nearest(directory, place, event);
  if (!near) throw notThere(event, place.type);
  const candidates = devicesAt(directory, near).filter((d) => kinds.includes(d.kind) && d.life !== 'retired');
  const [only, ...others] = candidates;
  // Elsewhere a device nearby is not what the caller speaks of: a leak has its place, not its nearest sensor.
  if (only && others.length === 0 && isOfDevice(event))
    return { subject: { type: 'device', id: only.id }, device: only };
  return { subject: near, device: null };
}

/** A pump is no smoke detector: what a generic device can tell stands in its rules. */
const knows = (device: Device, event: EventName): boolean =>
  device.kind !== 'generic' || device.attributes.rules?.some((r) => r.event === event) === true;

const isOfDevice = (event: EventName): boolean => event.startsWith('elevator.') || event.startsWith('meter.');

/** The place itself, or its building where the event belongs to that: power goes out in a building, not in a flat. */
function nearest(directory: EstateDirectory, place: Subject, event: EventName): Subject | null {
  const { places } = whereabouts(event);
  if ((places as readonly SubjectType[]).includes(place.type)) return place;
  const building =
    place.type === 'unit'
      ? directory.unit(place.id)?.building
      : place.type === 'riser'
        ? directory.riser(place.id)?.building
        : undefined;
  return building !== undefined && places.includes('building') ? { type: 'building', id: building } : null;
}

function devicesAt(directory: EstateDirectory, place: Subject): readonly Device[] {
  if (place.type === 'building') return directory.devicesOfBuilding(place.id);
  const building = place.type === 'unit' ? directory.unit(place.id)?.building : undefined;
  return building === undefined ? [] : directory.devicesOfBuilding(building).filter((d) => d.unit === place.id);
}

const notThere = (event: EventName, type: SubjectType): DomainError =>
  new DomainError('invalid', `“${event}” cannot be at a ${type}.`, {
    reason: 'event and place do not fit',
    event,
    type,
  });
