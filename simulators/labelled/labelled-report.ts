import type { LabelledLift } from './labelled-lift.js';

/** What a run has shown; figures as the issue asks for them. */
export interface LabelledReport {
  readonly seed: number;
  readonly lifts: number;
  readonly liftHours: number;
  readonly readings: number;
  readonly entrapments: number;
  /** Share of entrapments that any P1 alarm told of in time, and that an entrapment alarm itself did. */
  readonly recall: number;
  readonly byEntrapmentAlarm: number;
  readonly by: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly falseAlarms: number;
  readonly falsePer100LiftMonths: number;
  /**
   * Told by no alarm, and not counted: Steward first heard of these people so late that their hold, counted from then,
   * was not over when they came out. Their lift died between two polls, before it could see them, or the network was away.
   */
  readonly unspoken: number;
  readonly repeated: number;
  /** After the hold was over, seconds, of the entrapment alarms. */
  readonly delayMedianS: number;
  readonly delayP95S: number;
  readonly otherAlarms: Readonly<Record<string, number>>;
  readonly missed: readonly string[];
  readonly falseOnes: readonly string[];
}

/** A month of a lift, h. */
const MONTH_H = 730;

export function labelledReport(seed: number, lifts: readonly LabelledLift[]): LabelledReport {
  const caught = lifts.flatMap((l) => l.judged.caught.map((c) => ({ ...c, lift: l })));
  const told = caught.filter((c) => c.by !== null);
  const direct = told.filter((c) => c.by?.startsWith('elevator.entrapment'));
  const delays = direct.map((c) => Math.max(0, c.delayMs) / 1000).sort((a, b) => a - b);
  const liftHours = lifts.reduce((sum, l) => sum + l.hours, 0);
  const falses = lifts.flatMap((l) => l.judged.falseAlarms.map((alarm) => ({ alarm, lift: l })));
  const by: Record<string, Record<string, number>> = {};
  for (const c of caught) {
    const row = (by[c.entrapment.cause] ??= {});
    const name = c.by ?? 'missed';
    row[name] = (row[name] ?? 0) + 1;
  }
  const otherAlarms: Record<string, number> = {};
  for (const l of lifts)
    for (const [event, n] of Object.entries(l.judged.others)) otherAlarms[event] = (otherAlarms[event] ?? 0) + n;
  const at = (p: number): number => delays[Math.min(delays.length - 1, Math.floor(p * delays.length))] ?? NaN;
  return {
    seed,
    lifts: lifts.length,
    liftHours,
    readings: lifts.reduce((sum, l) => sum + l.readings, 0),
    entrapments: caught.length,
    recall: caught.length === 0 ? NaN : told.length / caught.length,
    byEntrapmentAlarm: caught.length === 0 ? NaN : direct.length / caught.length,
    by,
    falseAlarms: falses.length,
    falsePer100LiftMonths: (falses.length / liftHours) * MONTH_H * 100,
    unspoken: lifts.reduce((sum, l) => sum + l.judged.unspoken, 0),
    repeated: lifts.reduce((sum, l) => sum + l.judged.repeated, 0),
    delayMedianS: at(0.5),
    delayP95S: at(0.95),
    otherAlarms,
    missed: caught
      .filter((c) => c.by === null)
      .map(({ entrapment: e, lift }) => `${where(lift)} ${e.cause} due ${iso(e.dueAt)} out ${iso(e.endAt ?? 0)}`),
    falseOnes: falses.map(
      ({ alarm, lift }) =>
        `${where(lift)} ${alarm.event} ${iso(alarm.at)} during ${alarm.cause}, ${alarm.afterOutS} s after a drop-out: ${alarm.reason}`,
    ),
  };
}

const iso = (at: number): string => new Date(at).toISOString();
const where = ({ number, fitting, buffers }: LabelledLift): string =>
  `lift ${number} (${fitting.events ? 'events' : 'polled'} ${fitting.intervalS} s${buffers ? ', buffers' : ''})`;

export function labelledText(r: LabelledReport, seconds: number): string {
  const lines = [
    `${r.liftHours} lift-hours of ${r.lifts} lifts, seed ${r.seed}: ${r.readings} readings, ${Math.round(r.liftHours / seconds)} lift-hours/s`,
    `entrapments ${r.entrapments}: recall ${percent(r.recall)}, by an entrapment alarm ${percent(r.byEntrapmentAlarm)}; besides ${r.unspoken} of whom no word came in time`,
    `false entrapment alarms ${r.falseAlarms} = ${r.falsePer100LiftMonths.toFixed(2)} per 100 lift-months; repeated ${r.repeated}`,
    `delay after the hold: median ${r.delayMedianS.toFixed(1)} s, p95 ${r.delayP95S.toFixed(1)} s`,
  ];
  for (const [cause, row] of Object.entries(r.by).sort(([a], [b]) => a.localeCompare(b)))
    lines.push(
      `  ${cause}: ${Object.entries(row)
        .map(([by, n]) => `${by.replace('elevator.', '')} ${n}`)
        .join(', ')}`,
    );
  lines.push(
    `  other alarms: ${Object.entries(r.otherAlarms)
      .map(([e, n]) => `${e} ${n}`)
      .join(', ')}`,
  );
  for (const m of r.missed.slice(0, 20)) lines.push(`  MISSED ${m}`);
  for (const f of r.falseOnes.slice(0, 20)) lines.push(`  FALSE ${f}`);
  return lines.join('\n');
}

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
