import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { labelledReport, labelledText } from '../simulators/labelled/labelled-report.js';
import { playLabelledLift, type LabelledLift } from '../simulators/labelled/labelled-lift.js';

const HELP = `npm run evaluate:lifts -- [--hours N] [--seed S] [--per-lift N] [--out FILE]
Plays lifts with labelled people under the real rules and judges what the rules say by what was so.
  --hours N     lift-hours in all (2000)
  --per-lift N  hours that each lift is played (500)
  --seed S      seeds below 1000 are for tuning rules, the others for reporting (1000)
  --out FILE    where the figures go as JSON (bench/out/labelled-lifts.json)
`;

function main(): void {
  const { values: o } = parseArgs({
    options: {
      hours: { type: 'string', default: '2000' },
      'per-lift': { type: 'string', default: '500' },
      seed: { type: 'string', default: '1000' },
      out: { type: 'string', default: 'bench/out/labelled-lifts.json' },
      help: { type: 'boolean', default: false },
    },
  });
  if (o.help) {
    process.stdout.write(HELP);
    return;
  }
  const [hours, perLift, seed] = [Number(o.hours), Number(o['per-lift']), Number(o.seed)];
  if (![hours, perLift].every((n) => n > 0) || !Number.isInteger(seed)) throw new Error(HELP);
  const started = performance.now();
  const lifts: LabelledLift[] = [];
  for (let left = hours, n = 0; left > 0; left -= perLift, n++)
    lifts.push(playLabelledLift(seed, n, Math.min(left, perLift)));
  const report = labelledReport(seed, lifts);
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(`${labelledText(report, seconds)}\n`);
  mkdirSync(dirname(o.out), { recursive: true });
  writeFileSync(o.out, `${JSON.stringify({ ...report, seconds: Math.round(seconds) }, null, 2)}\n`);
}

main();
