import type { AlarmView } from '../../src/gateway/views.js';

/** The list's groups: what needs a person now, what has returned, what is put aside, what is over. */
export interface AlarmGroups {
  readonly open: readonly AlarmView[];
  readonly returned: readonly AlarmView[];
  readonly shelved: readonly AlarmView[];
  readonly ended: readonly AlarmView[];
}

export const isUnacknowledged = (a: Pick<AlarmView, 'state'>): boolean =>
  a.state === 'UNACK' || a.state === 'RTNUN' || a.state === 'LUNACK';

/** Most urgent first; in it what nobody has acknowledged; in it the newest. */
const byUrgency = (a: AlarmView, b: AlarmView): number =>
  a.priority.localeCompare(b.priority) ||
  Number(isUnacknowledged(b)) - Number(isUnacknowledged(a)) ||
  b.raisedAt.localeCompare(a.raisedAt);

const newestEnd = (a: AlarmView, b: AlarmView): number => (b.endedAt ?? '').localeCompare(a.endedAt ?? '');

const group = (a: AlarmView): keyof AlarmGroups => {
  switch (a.state) {
    case 'NORM':
      return 'ended';
    case 'SHLVD':
    case 'DSUPR':
    case 'OOSRV':
      return 'shelved';
    case 'RTNUN':
      return 'returned';
    // A latched alarm whose condition is gone still has people to be found: it stays with the open ones.
    case 'UNACK':
    case 'ACKED':
    case 'LUNACK':
    case 'LACKED':
      return 'open';
  }
};

export const groupAlarms = (alarms: Iterable<AlarmView>): AlarmGroups => {
  const groups: Record<keyof AlarmGroups, AlarmView[]> = { open: [], returned: [], shelved: [], ended: [] };
  for (const alarm of alarms) groups[group(alarm)].push(alarm);
  groups.open.sort(byUrgency);
  groups.returned.sort(byUrgency);
  groups.shelved.sort(byUrgency);
  groups.ended.sort(newestEnd);
  return groups;
};

/** Every word must be found: in the place, the title, the device, the event or the priority, in either language. */
export const matchesSearch = (alarm: AlarmView, search: string): boolean => {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const text = [
    alarm.place.zh,
    alarm.place.en,
    alarm.title.zh,
    alarm.title.en,
    alarm.device ?? '',
    alarm.event,
    alarm.priority,
  ]
    .join(' ')
    .toLowerCase();
  return words.every((w) => text.includes(w));
};

/** Alarms raised in the last ten minutes: one is manageable, more than ten is a flood (ISA-18.2). */
export const alarmLoad = (alarms: Iterable<AlarmView>, now: number): number => {
  let count = 0;
  for (const a of alarms) if (now - Date.parse(a.raisedAt) < 600_000) count += 1;
  return count;
};
