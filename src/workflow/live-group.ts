import type { Device } from '../estate/device.js';
import type { EstateDirectory } from '../estate/estate-directory.js';
import { groupDetectorsFor, GROUP_SCOPES } from '../detection/group-detectors.js';
import type { Group, GroupScope } from '../detection/group-detector.js';
import type { Subject } from '../kernel/events.js';
import type { Watched } from './watched.js';

export interface Place {
  readonly scope: GroupScope;
  readonly id: string;
  readonly estate: string;
  readonly timezone: string;
  readonly overrides: Readonly<Record<string, number>>;
}

/** A group as its rules see it; follows the directory, and the devices that speak for the first time. */
export class LiveGroup implements Group {
  readonly scope: GroupScope;
  readonly id: string;
  readonly estate: string;
  timezone: string;
  overrides: Readonly<Record<string, number>>;
  /** All that belong to it, in the order of the directory. */
  devices: Watched[] = [];
  private known: readonly Device[] | null = null;

  constructor(place: Place) {
    this.scope = place.scope;
    this.id = place.id;
    this.estate = place.estate;
    this.timezone = place.timezone;
    this.overrides = place.overrides;
  }

  get members(): readonly Device[] {
    return (this.known ??= this.devices
      .filter((w) => w.runtime.hasSpoken && w.runtime.device.life !== 'retired')
      .map((w) => w.runtime.device));
  }

  /** Somebody came, left or spoke for the first time. */
  changed(): void {
    this.known = null;
  }
}

export const groupKey = (scope: GroupScope, id: string): string => `${scope}:${id}`;

/** Scopes for which there are rules, and risers: what thaws on one concerns all of it. */
const scopes = (): GroupScope[] => GROUP_SCOPES.filter((s) => s === 'riser' || groupDetectorsFor(s).length > 0);

/** Every place over which a rule runs. */
export function placesOf(directory: EstateDirectory): Place[] {
  const wanted = scopes();
  return directory.estates().flatMap((e) => {
    const place = (scope: GroupScope, id: string, building: string | null): Place[] =>
      wanted.includes(scope)
        ? [{ scope, id, estate: e.id, timezone: e.timezone, overrides: directory.overridesAt(e.id, building) }]
        : [];
    const buildings = directory.buildingsOf(e.id);
    return [
      ...buildings.flatMap((b) => place('building', b.id, b.id)),
      ...buildings.flatMap((b) => directory.risersOf(b.id).flatMap((r) => place('riser', r.id, b.id))),
      ...place('estate', e.id, null),
    ];
  });
}

/** Keys of the groups that a device belongs to. */
export function groupKeysOf(d: Device, directory: EstateDirectory): string[] {
  const unit = d.unit === null ? undefined : directory.unit(d.unit);
  const building = d.building ?? unit?.building ?? null;
  const risers = new Set<string | null>([d.riser, unit?.waterRiser ?? null]);
  // A meter measures what comes in; a sensor in a unit may sit on either pipe.
  if (d.kind === 'pipe-sensor') risers.add(unit?.drainRiser ?? null);
  return [
    ...(building === null ? [] : [groupKey('building', building)]),
    ...[...risers].flatMap((r) => (r === null ? [] : [groupKey('riser', r)])),
    groupKey('estate', d.estate),
  ];
}

/** Keys of the groups whose rules may have raised something of this subject. */
export function groupKeysAbout(subject: Subject, estate: string, directory: EstateDirectory): string[] {
  const ofEstate = groupKey('estate', estate);
  switch (subject.type) {
    case 'device': {
      const device = directory.device(subject.id);
      return device ? groupKeysOf(device, directory) : [];
    }
    case 'unit': {
      const u = directory.unit(subject.id);
      const risers = [u?.waterRiser, u?.drainRiser].flatMap((r) => (r ? [groupKey('riser', r)] : []));
      return [...(u ? [groupKey('building', u.building)] : []), ...risers, ofEstate];
    }
    case 'riser': {
      const riser = directory.riser(subject.id);
      return [groupKey('riser', subject.id), ...(riser ? [groupKey('building', riser.building)] : []), ofEstate];
    }
    case 'building':
      return [groupKey('building', subject.id), ofEstate];
    case 'zone':
    case 'estate':
      return [ofEstate];
  }
}
