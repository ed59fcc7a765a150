import { dayOf } from '../kernel/local-instant.js';
import type { EstateDirectory } from './estate-directory.js';
import {
  samePost,
  type DutyPost,
  type EstatePost,
  type Leave,
  type RosterOverride,
  type Rotation,
} from './roster-plan.js';

/*
 * What is wrong with an addition to the roster, in sentences that name the line they mean; none = it may be added.
 */

/** "primary butler of zone jy-zone-1". */
const postName = (p: DutyPost): string =>
  `${p.duty} ${p.role} of ${p.zone === null ? 'the whole estate' : `zone ${p.zone}`}`;

function postMistakes(p: EstatePost, people: readonly string[], directory: EstateDirectory): string[] {
  const mistakes: string[] = [];
  if (p.zone !== null && !directory.zonesOfEstate(p.estate).some((z) => z.id === p.zone))
    mistakes.push(`zone "${p.zone}" is not a zone of this estate`);
  for (const person of new Set(people)) {
    const roles = directory.rolesIn(person, p.estate);
    if (roles.length === 0) mistakes.push(`"${person}" does not work in this estate`);
    else if (!roles.includes(p.role)) mistakes.push(`"${person}" is not a ${p.role} in this estate`);
  }
  return mistakes;
}

export function rotationMistakes(
  r: Rotation,
  people: readonly string[],
  directory: EstateDirectory,
  others: readonly Rotation[],
): string[] {
  const mistakes = postMistakes(r, people, directory);
  if (r.endsOn !== null && r.endsOn <= r.startsOn)
    mistakes.push(`it ends on ${r.endsOn}, not after it starts (${r.startsOn})`);
  for (const o of others) {
    if (!samePost(o, r)) continue;
    const apart = ends(o) <= dayOf(r.startsOn) || ends(r) <= dayOf(o.startsOn);
    if (!apart)
      mistakes.push(`rotation ${o.id} (${o.people.join(', ')}) already fills ${postName(r)} from ${o.startsOn} on`);
  }
  if (!r.replacesLines) {
    const line = directory.roster(r.estate).lines.find((l) => samePost(l, r));
    if (line)
      mistakes.push(
        `the weekly line ${line.id} already fills ${postName(r)}: say replacesLines to let it rest while the rotation runs`,
      );
  }
  return mistakes;
}

const ends = (r: Rotation): number => (r.endsOn === null ? Infinity : dayOf(r.endsOn));

export function overrideMistakes(
  o: RosterOverride,
  directory: EstateDirectory,
  now: number,
  standing: { overrides: readonly RosterOverride[]; leaves: readonly Leave[] },
): string[] {
  const mistakes = postMistakes(o, [o.person], directory);
  if (o.insteadOf !== null && directory.rolesIn(o.insteadOf, o.estate).length === 0)
    mistakes.push(`"${o.insteadOf}" does not work in this estate`);
  if (o.insteadOf === o.person) mistakes.push(`"${o.person}" cannot stand in for himself or herself`);
  mistakes.push(...timeMistakes(o, now));
  for (const other of standing.overrides)
    if (samePost(other, o) && other.insteadOf === o.insteadOf && overlap(other, o))
      mistakes.push(`override ${other.id} has "${other.person}" as ${postName(o)} at some of these hours`);
  for (const l of standing.leaves)
    if (l.person === o.person && overlap(l, o))
      mistakes.push(`"${o.person}" is away from ${iso(l.from)} to ${iso(l.until)} (leave ${l.id})`);
  return mistakes;
}

export function leaveMistakes(l: Leave, directory: EstateDirectory, now: number, others: readonly Leave[]): string[] {
  const mistakes = timeMistakes(l, now);
  if (directory.rolesIn(l.person, l.estate).length === 0) mistakes.push(`"${l.person}" does not work in this estate`);
  for (const o of others)
    if (o.person === l.person && overlap(o, l))
      mistakes.push(`"${l.person}" is away already from ${iso(o.from)} to ${iso(o.until)} (leave ${o.id})`);
  return mistakes;
}

const LONGEST_MS = 366 * 86_400_000;

function timeMistakes({ from, until }: { from: number; until: number }, now: number): string[] {
  if (until <= from) return [`it ends at ${iso(until)}, not after it begins (${iso(from)})`];
  if (until <= now) return [`it is over already (${iso(until)})`];
  if (until - from > LONGEST_MS) return ['it is longer than a year'];
  return [];
}

export const overlap = (a: { from: number; until: number }, b: { from: number; until: number }): boolean =>
  a.from < b.until && b.from < a.until;

const iso = (at: number): string => new Date(at).toISOString();
