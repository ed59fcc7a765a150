import { minutes, seconds } from '../kernel/durations.js';
import type { Finding } from './detector.js';

/** Evidence out of a device's buffer that is older than this and over again is history, not an emergency (domain §4). */
export const LATE_EVIDENCE_MS = minutes(15);
/** From here on people are told that it comes late. */
export const LATE_AFTER_MS = seconds(30);

export interface DatedFinding {
  readonly finding: Finding;
  /** When the reading behind it was taken, steady ms. */
  readonly at: number;
}

/**
 * What a stored upload means now. What still holds at its end is raised, however old its beginning. What began and
 * ended inside it is raised, marked late, when it is at most 15 min old; older pairs are left out together.
 */
export function settleStoredUpload(found: readonly DatedFinding[], now: number): { kept: Finding[]; left: Finding[] } {
  const kept: Finding[] = [];
  const left: Finding[] = [];
  const open = new Map<string, boolean>();
  for (const [i, { finding, at }] of found.entries()) {
    const key = `${finding.event} ${finding.subject.type}:${finding.subject.id}`;
    if (finding.kind === 'raise') {
      const endsInside = found.slice(i + 1).some((f) => f.finding.kind === 'clear' && sameThing(f.finding, finding));
      const old = now - at > LATE_EVIDENCE_MS;
      open.set(key, !(endsInside && old));
      if (endsInside && old) left.push(finding);
      else kept.push(now - at > LATE_AFTER_MS ? { ...finding, late: true } : finding);
    } else if (open.get(key) === false) {
      left.push(finding);
    } else {
      kept.push(finding);
    }
  }
  return { kept, left };
}

const sameThing = (a: Finding, b: Finding): boolean =>
  a.event === b.event && a.subject.type === b.subject.type && a.subject.id === b.subject.id;
