import type { LiftState, Passenger } from './lift-state.js';

type Riders = Pick<LiftState, 'aboard' | 'waiting' | 'direction'>;

const towards = (p: Passenger): number => Math.sign(p.to - p.from);

/** Collective control: a car with people in it takes in only who goes their way; an empty one goes the way of the first. */
export function boardable({ aboard, waiting }: Riders, here: number, seats: number): readonly Passenger[] {
  const room = seats - aboard.length;
  const atDoor = waiting.filter((p) => p.from === here);
  const leader = aboard[0] ?? atDoor[0];
  if (room <= 0 || !leader) return [];
  const way = aboard.length ? Math.sign(leader.to - here) : towards(leader);
  return atDoor.filter((p) => towards(p) === way).slice(0, room);
}

/**
 * The next landing, an index into the landings, or null when nobody wants the car. With people aboard: the nearest
 * landing ahead where one of them leaves or somebody going the same way waits; a full car passes landings by. Empty: on
 * in the direction of before while somebody waits there, then back.
 */
export function nextStop({ aboard, waiting, direction }: Riders, here: number, seats: number): number | null {
  const first = aboard[0];
  if (first) {
    const way = Math.sign(first.to - here);
    const joining = aboard.length < seats ? waiting.filter((p) => towards(p) === way).map((p) => p.from) : [];
    return nearest([...aboard.map((p) => p.to), ...joining], here, way);
  }
  const calls = waiting.map((p) => p.from);
  const way = direction === 'down' ? -1 : 1;
  return nearest(calls, here, way) ?? nearest(calls, here, -way);
}

function nearest(landings: readonly number[], here: number, way: number): number | null {
  const ahead = landings.filter((l) => Math.sign(l - here) === way).map((l) => Math.abs(l - here));
  return ahead.length ? here + way * Math.min(...ahead) : null;
}
