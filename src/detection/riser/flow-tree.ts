import type { Device } from '../../estate/device.js';
import type { Group, GroupScope } from '../group-detector.js';

/** Who measures what of a group's water (domain §2: estate main → building → riser → unit). */
export interface FlowTree {
  /** What flows into the group's pipes: flow sensors and meters at its own level. */
  readonly parents: ReadonlyMap<string, Device>;
  /** Meters one level below; where a riser has none of its own, those of its units. */
  readonly children: ReadonlyMap<string, Device>;
  /** Flow sensors one level below: water passed on to another area. */
  readonly onward: ReadonlyMap<string, Device>;
  /** A register measures what goes in: there are books to keep. */
  readonly hasBooks: boolean;
  /** Tanks inside. */
  readonly tanks: ReadonlyMap<string, Device>;
}

/** Level of a device's place: 0 estate, 1 building, 2 riser, 3 unit. */
function levelOf(d: Device): number {
  if (d.unit !== null) return 3;
  if (d.riser !== null) return 2;
  return d.building === null ? 0 : 1;
}
const LEVEL: Record<GroupScope, number> = { estate: 0, building: 1, riser: 2 };

const sendsFlow = (d: Device): boolean => {
  const { capabilities, role } = d.attributes;
  const carries = role === 'main' || role === 'riser';
  return d.kind === 'pipe-sensor' && carries && (capabilities.length === 0 || capabilities.includes('flowLps'));
};
const isTank = (d: Device): boolean => d.kind === 'pipe-sensor' && d.attributes.storageM3 !== undefined;

/** Place of a device that must not be counted again when a meter nearer to the source already counts it. */
const placesAbove = (d: Device): string[] => {
  const places: string[] = [];
  if (d.building !== null && levelOf(d) > 1) places.push(`b:${d.building}`);
  if (d.riser !== null && levelOf(d) > 2) places.push(`r:${d.riser}`);
  return places;
};
const ownPlace = (d: Device): string | null => {
  const level = levelOf(d);
  return level === 2 ? `r:${d.riser ?? ''}` : level === 1 ? `b:${d.building ?? ''}` : null;
};

function build(group: Group): FlowTree {
  const own = LEVEL[group.scope];
  const live = group.members.filter((d) => d.life !== 'registered' && d.life !== 'retired');
  const meters = live.filter((d) => d.kind === 'water-meter');
  const flows = live.filter((d) => sendsFlow(d) && !isTank(d));
  const byId = (list: readonly Device[]): ReadonlyMap<string, Device> => new Map(list.map((d) => [d.id, d]));
  const nearest = (list: readonly Device[]): Device[] => {
    const below = list.filter((d) => levelOf(d) > own);
    const places = new Set(below.map(ownPlace));
    return below.filter((d) => !placesAbove(d).some((place) => places.has(place)));
  };
  const parents = [...meters, ...flows].filter((d) => levelOf(d) === own);
  return {
    parents: byId(parents),
    hasBooks: parents.some((d) => d.kind === 'water-meter'),
    children: byId(nearest(meters)),
    onward: byId(nearest(flows)),
    // A tank of an area below is that area's affair: what goes there is already passed on.
    tanks: byId(live.filter((d) => isTank(d) && levelOf(d) === own)),
  };
}

/** Worked out once per list of members: it is asked for every reading. */
const trees = new WeakMap<readonly Device[], Map<GroupScope, FlowTree>>();

export function flowTree(group: Group): FlowTree {
  let perScope = trees.get(group.members);
  if (!perScope) trees.set(group.members, (perScope = new Map()));
  let tree = perScope.get(group.scope);
  if (!tree) perScope.set(group.scope, (tree = build(group)));
  return tree;
}
