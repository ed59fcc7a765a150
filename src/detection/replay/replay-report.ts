import { localTime } from '../../kernel/local-time.js';
import type { ReplayedAlarm } from './alarm-book.js';
import type { RaisedAlarm } from './compare.js';
import type { ReplayResult } from './replay-result.js';

const DAY_MS = 86_400_000;

/** `2026-03-01 02:13:05` in the zone's own time; thousandths only where there are any. */
export function timeIn(zone: string, at: number): string {
  const { day, minuteOfDay } = localTime(zone, at);
  const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
  const two = (n: number): string => String(n).padStart(2, '0');
  const inMinute = ((at % 60_000) + 60_000) % 60_000;
  const ms = inMinute % 1000;
  const seconds = two(Math.floor(inMinute / 1000)) + (ms === 0 ? '' : `.${String(ms).padStart(3, '0')}`);
  return `${date} ${two(Math.floor(minuteOfDay / 60))}:${two(minuteOfDay % 60)}:${seconds}`;
}

const spell = (s: number): string => {
  const abs = Math.abs(s);
  return abs < 120
    ? `${Math.round(abs)} s`
    : abs < 7200
      ? `${Math.round(abs / 60)} min`
      : `${(abs / 3600).toFixed(1)} h`;
};

/** For people at a terminal. The same result gives the same text. */
export function replayText(r: ReplayResult, zone: string): string {
  const t = (at: number): string => timeIn(zone, at);
  const where = (a: ReplayedAlarm | RaisedAlarm): string => `${a.subject.type} ${a.subject.id}`;
  const out: string[] = [`Replay ${t(r.from)} to ${t(r.to)} (${zone})`];
  out.push(`${r.devices} devices, ${r.readings} readings; rules stepped since ${t(r.warmUpFrom)}`);
  const set = Object.entries(r.overrides);
  if (set.length > 0) out.push(`with ${set.map(([k, v]) => `${k}=${v}`).join(', ')}`);
  for (const n of r.notes) out.push(`note: ${n}`);

  out.push('', 'Would have been raised:');
  for (const a of r.would) {
    const before = a.fromBefore ? ' (open since before)' : '';
    const until = a.clearedAt === null ? 'held to the end' : `cleared ${t(a.clearedAt)}`;
    const hidden = a.swallowedBy === null ? '' : `; in no list: ${a.swallowedBy}`;
    out.push(`  ${t(a.raisedAt)}  ${a.priority}  ${a.event}  ${where(a)}${before}: ${a.reason}; ${until}${hidden}`);
  }
  if (r.would.length === 0) out.push('  nothing');

  if (r.comparison) {
    const { both, onlyNow, onlyThen } = r.comparison;
    out.push('', `As it was then: ${both.length}`);
    for (const { was, would, laterS } of both) {
      const shift =
        Math.abs(laterS) < 1 ? 'at the same second' : `${spell(laterS)} ${laterS > 0 ? 'later' : 'earlier'}`;
      const rank = was.priority === would.priority ? '' : `, ${would.priority} and not ${was.priority}`;
      out.push(`  ${was.event}  ${where(was)}: was ${t(was.raisedAt)}, would be ${shift}${rank}`);
    }
    out.push('', `Would be raised and was not: ${onlyNow.length}`);
    for (const a of onlyNow) out.push(`  ${t(a.raisedAt)}  ${a.priority}  ${a.event}  ${where(a)}: ${a.reason}`);
    out.push('', `Was raised and would not be: ${onlyThen.length}`);
    for (const a of onlyThen) {
      const ticket = a.ticket === null ? '' : ` (${a.ticket})`;
      out.push(`  ${t(a.raisedAt)}  ${a.priority}  ${a.event}  ${where(a)}: ${a.reason}${ticket}`);
    }
  }

  out.push('', 'By event (would / was / both):');
  for (const c of r.counts) out.push(`  ${c.event}: ${c.would} / ${c.was ?? '-'} / ${c.both ?? '-'}`);
  if (r.counts.length === 0) out.push('  none');
  return `${out.join('\n')}\n`;
}
