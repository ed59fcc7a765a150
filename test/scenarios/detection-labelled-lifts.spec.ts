import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LabelledReport } from '../../simulators/labelled/labelled-report.js';
import { playLabelledLift } from '../../simulators/labelled/labelled-lift.js';

const LONG = process.env['STEWARD_LONG'] === '1';
/** Seeds below 1000 are for tuning rules; these were never looked at while rules were changed. */
const SEED = LONG ? 10_500 : 2100;
const HOURS = LONG ? 220_000 : 10_000;

/** As `npm run evaluate:lifts` plays them: a process of its own is several times as fast as the test runner. */
async function played(hours: number, seed: number): Promise<LabelledReport> {
  const folder = await mkdtemp(join(tmpdir(), 'steward-labelled-'));
  try {
    const out = join(folder, 'lifts.json');
    const args = ['dist/bench/labelled-lifts.js', '--hours', `${hours}`, '--seed', `${seed}`, '--out', out];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    const code = await new Promise((resolve) => child.once('exit', resolve));
    expect(code).toBe(0);
    return JSON.parse(await readFile(out, 'utf8')) as LabelledReport;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe('lifts whose people are known', () => {
  it(
    `tell of everybody shut in, and of hardly anything else, in ${HOURS} lift-hours`,
    async () => {
      const report = await played(HOURS, SEED);
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
    const once = playLabelledLift(7, 3, 20);
    expect(once).toEqual(playLabelledLift(7, 3, 20));
    expect(once.readings).not.toBe(playLabelledLift(8, 3, 20).readings);
  });
});
