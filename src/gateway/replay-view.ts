import type { ReplayedAlarm } from '../detection/replay/alarm-book.js';
import type { RaisedAlarm } from '../detection/replay/compare.js';
import type { ReplayResult } from '../detection/replay/replay-result.js';
import type { ReplayJob } from '../workflow/replay/replay-jobs.js';
import type { ReplayJobView, ReplayView } from './views.js';

const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));

/** A replay as its page shows it. */
export const replayJobView = (job: ReplayJob): ReplayJobView => ({
  id: job.id,
  estate: job.wish.estate,
  devices: [...job.wish.devices],
  from: iso(job.wish.from),
  to: iso(job.wish.to),
  set: { ...job.wish.set },
  by: job.by,
  state: job.state,
  readings: job.readings,
  share: job.share,
  askedAt: iso(job.askedAt),
  endedAt: isoOrNull(job.endedAt),
  error: job.error,
  result: job.result ? resultView(job.result, job.explanation) : null,
});

function resultView(r: ReplayResult, explanation: string | null): ReplayView {
  const pairs = new Map((r.comparison?.both ?? []).map((b) => [b.would, b]));
  const again = new Set((r.comparison?.both ?? []).map((b) => b.was));
  const would = (a: ReplayedAlarm): ReplayView['would'][number] => ({
    event: a.event,
    subject: { ...a.subject },
    device: a.device,
    priority: a.priority,
    raisedAt: iso(a.raisedAt),
    since: iso(a.since),
    clearedAt: isoOrNull(a.clearedAt),
    reason: a.reason,
    evidence: { ...a.evidence },
    fromBefore: a.fromBefore,
    swallowedBy: a.swallowedBy,
    was: pairs.get(a)?.was.id ?? null,
    laterS: pairs.get(a)?.laterS ?? null,
  });
  const was = (a: RaisedAlarm): ReplayView['was'][number] => ({
    alarm: a.id,
    event: a.event,
    subject: { ...a.subject },
    device: a.device,
    priority: a.priority,
    raisedAt: iso(a.raisedAt),
    endedAt: isoOrNull(a.endedAt),
    occurrences: a.occurrences,
    reason: a.reason,
    ticketNo: a.ticket,
    again: again.has(a),
  });
  return {
    devices: r.devices,
    readings: r.readings,
    would: r.would.map(would),
    was: (r.was ?? []).map(was),
    counts: r.counts.map((c) => ({ ...c })),
    notes: [...r.notes],
    explanation,
  };
}
