import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { evaluateDevices } from './evaluate/devices.js';
import { evaluateOptions, EVALUATE_HELP, type EvaluateOptions } from './evaluate/evaluate-options.js';
import { evaluateHouseholds, householdOptions, QUICK_HOUSEHOLDS } from './evaluate/households.js';
import { evaluateBattledim, evaluateBwdf, evaluateLeakdb, type Evaluation } from './evaluate/networks.js';
import { publishedBaselines } from './evaluate/published.js';
import type { EvaluateRow } from './evaluate/row.js';

/** Compiled it lies in dist/bench; the sources' root is above. */
const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const OUT = join(ROOT, 'bench', 'out', 'evaluate.json');

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function households(folder: string, { quick }: EvaluateOptions): Promise<Evaluation> {
  const { rows, text } = await evaluateHouseholds(
    folder,
    householdOptions(process.argv.slice(2), quick ? QUICK_HOUSEHOLDS : undefined),
  );
  return { rows, text: [text], checks: [] };
}

async function devices(folder: string): Promise<Evaluation> {
  const { rows, text } = await evaluateDevices(folder);
  return { rows, text: [text], checks: [] };
}

const SETS: Record<string, (folder: string, options: EvaluateOptions) => Promise<Evaluation>> = {
  battledim: (folder, { networks }) => evaluateBattledim(folder, networks),
  leakdb: (folder, { networks }) => evaluateLeakdb(folder, networks),
  bwdf: (folder, { networks }) => evaluateBwdf(folder, networks),
  households,
  devices: (folder) => devices(folder),
};

async function main(): Promise<void> {
  const options = evaluateOptions(process.argv.slice(2), Object.keys(SETS));
  if (!options) return say(EVALUATE_HELP);
  const data = options.data ?? process.env['STEWARD_DATASETS'] ?? join(ROOT, '..', 'shared', 'data');
  if (!existsSync(data)) throw new Error(`no data sets in ${data}: set STEWARD_DATASETS`);
  const rows: EvaluateRow[] = [];
  const checks: Evaluation['checks'] = [];
  const seconds: Record<string, number> = {};
  for (const [name, evaluate] of Object.entries(SETS)) {
    if (!options.only.includes(name)) continue;
    const began = performance.now();
    const found = await evaluate(data, options);
    seconds[name] = Math.round((performance.now() - began) / 100) / 10;
    if (found.text.length > 0) say(`\n== ${name} (tuning part, ${seconds[name]} s)\n${found.text.join('\n')}`);
    rows.push(...found.rows);
    checks.push(...found.checks);
  }
  say('');
  for (const { what, met } of checks) say(`${met ? 'met    ' : 'NOT MET'} ${what}`);
  const report = {
    ...{ at: new Date().toISOString(), part: 'tuning', quick: options.quick, settings: options.networks, seconds },
    ...{ published: await publishedBaselines(data), checks, rows },
  };
  await mkdir(dirname(OUT), { recursive: true });
  await writeFile(OUT, `${JSON.stringify(report, null, 2)}\n`);
  say(`written to bench/out/evaluate.json`);
  const met = checks.filter((c) => c.met).length;
  say(`${met} passed, ${checks.length - met} failed`);
  if (met < checks.length) process.exitCode = 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
