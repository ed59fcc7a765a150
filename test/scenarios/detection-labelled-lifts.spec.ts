import { describe, expect, it } from '@jest/globals';
import { labelledReport, labelledText } from '../../simulators/labelled/labelled-report.js';
import { playLabelledLift, type LabelledLift } from '../../simulators/labelled/labelled-lift.js';

const LONG = process.env['STEWARD_LONG'] === '1';
/** Seeds below 1000 are for tuning rules; these were never looked at while rules were changed. */
const SEED = LONG ? 5000 : 2000;
const HOURS = LONG ? 220_000 : 10_000;
const HOURS_A_LIFT = 500;

describe('lifts whose people are known', () => {
  it(
    `tell of everybody shut in, and of hardly anything else, in ${HOURS} lift-hours`,
    () => {
      const started = performance.now();
      const lifts: LabelledLift[] = [];
      for (let n = 0; n < HOURS / HOURS_A_LIFT; n++) lifts.push(playLabelledLift(SEED, n, HOURS_A_LIFT));
      const report = labelledReport(SEED, lifts);
      process.stderr.write(`${labelledText(report, (performance.now() - started) / 1000)}\n`);
      expect(report.liftHours).toBe(HOURS);
      expect(report.entrapments).toBeGreaterThan(HOURS / 100);
      expect(report.missed).toEqual([]);
      expect(report.delayMedianS).toBeLessThanOrEqual(1);
      // 10,000 h are 14 lift-months: the least that can be told there is 7 per 100.
      if (LONG) expect(report.falsePer100LiftMonths).toBeLessThanOrEqual(1);
      else expect(report.falseOnes.length).toBeLessThanOrEqual(1);
    },
    LONG ? 3 * 3_600_000 : 300_000,
  );

  it('are the same from the same seed', () => {
    const once = playLabelledLift(7, 3, 100);
    expect(once).toEqual(playLabelledLift(7, 3, 100));
    expect(once.readings).not.toBe(playLabelledLift(8, 3, 100).readings);
  });
});
