import type { RosterEntry } from './roster-entry.js';
import type { Sourced } from './written-estate.js';

const DAY = 24 * 60;
const WEEK = 7 * DAY;

/**
 * Entries that put one person twice on the same duty, or make somebody his own backup, at the same hour: the escalation
 * from primary to backup would then ring the phone that has just not answered.
 */
export function rosterClashes(
  roster: readonly Sourced<RosterEntry>[],
): { entry: Sourced<RosterEntry>; sentence: string }[] {
  const clashes: { entry: Sourced<RosterEntry>; sentence: string }[] = [];
  const groups = new Map<string, Sourced<RosterEntry>[]>();
  for (const entry of roster) {
    const key = [entry.value.zone ?? '', entry.value.role, entry.value.person].join('|');
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  for (const group of groups.values())
    for (const [i, entry] of group.entries()) {
      const other = group.slice(0, i).find((o) => overlap(o.value, entry.value));
      if (!other) continue;
      const { person, role, duty } = entry.value;
      const sentence =
        other.value.duty === duty
          ? `"${person}" is already on duty as ${duty} ${role} at some of these hours`
          : `"${person}" would be his or her own backup as ${role} at some of these hours`;
      clashes.push({ entry, sentence });
    }
  return clashes;
}

function overlap(a: RosterEntry, b: RosterEntry): boolean {
  return shifts(a).some((x) =>
    shifts(b).some((y) => {
      // Distance from x's start to y's start and back, round the week.
      const ahead = (y.start - x.start + WEEK) % WEEK;
      return ahead < x.length || WEEK - ahead < y.length;
    }),
  );
}

function shifts(e: RosterEntry): { start: number; length: number }[] {
  const from = minuteOf(e.from);
  const length = (minuteOf(e.to) - from + DAY) % DAY || DAY;
  return e.weekdays.map((day) => ({ start: (day - 1) * DAY + from, length }));
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
