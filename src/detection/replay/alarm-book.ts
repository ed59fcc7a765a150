import { eventDefinition, moreUrgent, type EventName, type Priority, type Subject } from '../../kernel/events.js';
import type { Finding } from '../detector.js';

/** One time that an alarm would have been raised. Times are ms since the epoch. */
export interface ReplayedAlarm {
  readonly event: EventName;
  readonly subject: Subject;
  /** The device whose rule said so; null for a rule over a building, riser or estate. */
  readonly device: string | null;
  /** The most urgent that it came to be. */
  priority: Priority;
  readonly raisedAt: number;
  /** When the condition began. */
  readonly since: number;
  /** When the condition cleared by itself, or a person had ended it then; null = it held to the end of the replay. */
  clearedAt: number | null;
  readonly reason: string;
  readonly evidence: Finding['evidence'];
  readonly late: boolean;
  /** Open before the first moment that was asked for. */
  readonly fromBefore: boolean;
  /** Why it would have gone into no list: something greater explains it. */
  readonly swallowedBy: string | null;
}

/** Why a finding would be swallowed, given what is open now; null = it is an alarm of its own. */
export type Swallows = (
  finding: Finding,
  building: string | null,
  isOpen: (subject: Subject, event: EventName) => boolean,
) => string | null;

/** What the alarm list would have looked like: one open alarm per subject and event, as in the real one (law 2). */
export class AlarmBook {
  readonly all: ReplayedAlarm[] = [];
  private readonly open = new Map<string, ReplayedAlarm>();

  constructor(
    private readonly from: number,
    private readonly swallows: Swallows = () => null,
  ) {}

  note(finding: Finding, at: number, device: { id: string; building: string | null } | null): void {
    const key = keyOf(finding.subject, finding.event);
    const known = this.open.get(key);
    const priority = finding.priority ?? eventDefinition(finding.event).priority;
    if (finding.kind === 'clear') {
      if (known) this.close(key, known, at);
    } else if (known) {
      if (moreUrgent(priority, known.priority)) known.priority = priority;
    } else if (finding.kind === 'raise') {
      const alarm: ReplayedAlarm = {
        event: finding.event,
        subject: finding.subject,
        device: device?.id ?? null,
        priority,
        raisedAt: at,
        since: finding.since,
        clearedAt: null,
        reason: finding.reason,
        evidence: finding.evidence,
        late: finding.late ?? false,
        fromBefore: at < this.from,
        swallowedBy: this.swallows(finding, device?.building ?? null, (s, e) => this.open.has(keyOf(s, e))),
      };
      this.open.set(key, alarm);
      this.all.push(alarm);
    }
  }

  /** A person ended it then; the rule may raise it anew. */
  end(subject: Subject, event: EventName, at: number): void {
    const key = keyOf(subject, event);
    const known = this.open.get(key);
    if (known) this.close(key, known, at);
  }

  /** What was raised in the time asked for, or was open when it began. */
  inWindow(): ReplayedAlarm[] {
    return this.all.filter((a) => !a.fromBefore || a.clearedAt === null || a.clearedAt >= this.from);
  }

  private close(key: string, alarm: ReplayedAlarm, at: number): void {
    alarm.clearedAt = at;
    this.open.delete(key);
  }
}

const keyOf = (subject: Subject, event: EventName): string => `${subject.type}:${subject.id} ${event}`;
