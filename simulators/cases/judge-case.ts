import { DEVICE_DETECTORS } from '../../src/detection/device-detectors.js';
import { GROUP_DETECTORS } from '../../src/detection/group-detectors.js';
import { eventDefinition, EVENTS, type EventName } from '../../src/kernel/events.js';
import type { DetectionCase } from './case.js';
import { playCase, type Told } from './play-case.js';

/** `missing`: no rule raises the event, or no case is written for it. */
export type Verdict = 'yes' | 'no' | 'missing';

export interface DetectionRow {
  readonly event: EventName;
  readonly raised: Verdict;
  readonly ended: Verdict;
  readonly twinQuiet: Verdict;
  readonly survivesRestart: Verdict;
  readonly about: string;
  readonly twinAbout: string;
  /** What went otherwise, for whoever has to mend it. */
  readonly trouble: readonly string[];
}

const HAS_RULE = new Set<EventName>([...DEVICE_DETECTORS, ...GROUP_DETECTORS].flatMap((d) => d.events));
const verdict = (good: boolean): Verdict => (good ? 'yes' : 'no');
const story = (told: readonly Told[]): string =>
  told.map(({ t, finding: f }) => `${f.kind} @${t}`).join(', ') || 'nothing';
const of = (event: EventName, told: readonly Told[]): Told[] => told.filter((x) => x.finding.event === event);

export function judgeCase(c: DetectionCase): DetectionRow {
  const trouble: string[] = [];
  const end = c.endedAtS === undefined ? {} : { end: { event: c.event, atS: c.endedAtS } };
  const told = of(c.event, playCase(c, end));
  const first = told.find((x) => x.finding.kind === 'raise');
  const priority = first?.finding.priority ?? eventDefinition(c.event).priority;
  const inTime = first !== undefined && first.t >= c.raised[0] && first.t <= c.raised[1];
  const raised = inTime && (c.priority === undefined || priority === c.priority);
  if (!raised)
    trouble.push(
      `raise expected in ${c.raised.join('…')} s${c.priority ? ` as ${c.priority}` : ''}, told: ${story(told)} (${priority})`,
    );

  const ended = raised && endsWell(c, told);
  if (raised && !ended)
    trouble.push(
      `end expected ${c.cleared ? `in ${c.cleared.join('…')} s` : `by a person at ${c.endedAtS} s for good`}, told: ${story(told)}`,
    );

  const twin = of(c.event, playCase(c.twin)).filter((x) => x.finding.kind === 'raise');
  if (twin.length > 0) trouble.push(`twin "${c.twin.about}" told: ${story(twin)}`);

  const again = of(c.event, playCase(c, { ...end, restartAtS: c.restartAtS }));
  const survives = raised && c.restartAtS < (first?.t ?? 0) && sameStory(told, again, c.restartMayDelayS ?? 0);
  if (raised && !survives) trouble.push(`restarted at ${c.restartAtS} s: ${story(again)}; else ${story(told)}`);
  return {
    event: c.event,
    raised: verdict(raised),
    ended: verdict(ended),
    twinQuiet: verdict(twin.length === 0),
    survivesRestart: verdict(survives),
    about: c.about,
    twinAbout: c.twin.about,
    trouble,
  };
}

/** Cleared by readings in its window, or ended by a person for good. */
function endsWell(c: DetectionCase, told: readonly Told[]): boolean {
  const after = c.endedAtS;
  const raisedAgain = after !== undefined && told.some((x) => x.finding.kind === 'raise' && x.t > after);
  if (raisedAgain) return false;
  const { cleared } = c;
  if (cleared === undefined) return after !== undefined;
  return told.some((x) => x.finding.kind === 'clear' && x.t >= cleared[0] && x.t <= cleared[1]);
}

/** The same findings at the same times; silence is counted anew after a restart, so it may be later by that much. */
function sameStory(a: readonly Told[], b: readonly Told[], delayS: number): boolean {
  const kinds = (told: readonly Told[]): string =>
    told.map((x) => `${x.finding.kind} ${x.finding.priority ?? ''}`).join();
  return kinds(a) === kinds(b) && a.every((x, i) => Math.abs((b[i]?.t ?? 0) - x.t) <= Math.max(delayS, 0.1));
}

const MISSING = { raised: 'missing', ended: 'missing', twinQuiet: 'missing', survivesRestart: 'missing' } as const;

/** Raised by what Steward does of itself, not by what devices say: scenario tests judge it (test/scenarios/alarm-path). */
export const NOT_DETECTED = new Set<EventName>(['elevator.alarm-path']);

/** One row for each event of the catalogue that readings may raise, in its order. */
export function detectionTable(cases: readonly DetectionCase[]): readonly DetectionRow[] {
  const detected = (Object.keys(EVENTS) as EventName[]).filter((e) => !NOT_DETECTED.has(e));
  return detected.map((event) => {
    const c = cases.find((x) => x.event === event);
    if (!c) return { event, ...MISSING, about: '', twinAbout: '', trouble: ['no case is written for it'] };
    if (HAS_RULE.has(event)) return judgeCase(c);
    return { event, ...MISSING, about: c.about, twinAbout: c.twin.about, trouble: ['no rule raises it'] };
  });
}

export const isProved = (r: DetectionRow): boolean =>
  [r.raised, r.ended, r.twinQuiet, r.survivesRestart].every((v) => v === 'yes');
