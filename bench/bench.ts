import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureBareAedes, type BareAedesResult } from './bare-aedes.js';
import { benchEstate } from './bench-estate.js';
import { benchOptions, HELP, type BenchOptions } from './bench-options.js';
import { benchReport } from './bench-report.js';
import { benchRun, type RunResult } from './bench-run.js';
import { benchTable } from './bench-table.js';
import { detectorCostUs } from './detector-cost.js';

/** Written beside the sources, wherever the compiled bench is. */
const OUT = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'bench', 'out', 'latest.json');

const say = (line: string): void => void process.stderr.write(`${line}\n`);

function aedes(options: BenchOptions): Promise<BareAedesResult> {
  const { background } = benchEstate({ background: options.connections, duressGates: 0, trapLifts: 0 });
  const { workers, aedesRates: rates, warmupMs, ladderMs: measureMs } = options;
  return measureBareAedes(background, { workers, rates, warmupMs, measureMs }, say);
}

async function main(): Promise<void> {
  const options = benchOptions(process.argv.slice(2));
  if (!options) {
    process.stdout.write(HELP);
    return;
  }
  const bare = options.aedes ? await aedes(options) : null;
  if (!options.service) {
    process.stdout.write(`${JSON.stringify(bare, null, 2)}\n`);
    return;
  }
  const detectorUs = detectorCostUs();
  const runs: RunResult[] = [];
  for (let i = 0; i < options.runs; i++) {
    say(`run ${i + 1} of ${options.runs}`);
    runs.push(await benchRun(options, say));
  }
  const report = benchReport(runs, bare, {
    ...{ profile: options.profile, quick: options.quick },
    ...{ at: new Date().toISOString(), detectorUs },
  });
  await mkdir(dirname(OUT), { recursive: true });
  await writeFile(OUT, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(benchTable(report));
  process.stdout.write('written to bench/out/latest.json\n');
  // What must never happen fails the bench; how fast it is, its reader judges.
  if (report.readingsLost || report.page.some((p) => p.lost || p.onFewer || p.doubled)) process.exitCode = 1;
}

main().catch((error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
