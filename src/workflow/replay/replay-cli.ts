import { readFile, writeFile } from 'node:fs/promises';
import { explainText } from '../../detection/replay/explain-report.js';
import { replayText } from '../../detection/replay/replay-report.js';
import type { ReplayResult } from '../../detection/replay/replay-result.js';
import { DomainError } from '../../kernel/domain-error.js';
import { parseReplayArgs, REPLAY_USAGE, type ReplayArgs } from './replay-args.js';
import { openReplayPlace } from './replay-place.js';
import { runReplay } from './run-replay.js';

process.exitCode = await main(process.argv.slice(2));

/** @returns the exit code: 0 played, 1 something is not there or not right, 2 wrong call */
async function main(argv: string[]): Promise<number> {
  const args = parseReplayArgs(argv);
  if (!args.ok) {
    for (const m of args.error) console.error(m);
    console.error(REPLAY_USAGE);
    return 2;
  }
  try {
    await play(args.value);
    return 0;
  } catch (e) {
    if (!(e instanceof DomainError)) throw e;
    console.error(e.message);
    return 1;
  }
}

async function play(args: ReplayArgs): Promise<void> {
  const place = await openReplayPlace(args, (file) => readFile(file, 'utf8'));
  try {
    const began = performance.now();
    const result = await runReplay({ ...place.task, onProgress: progressLine() });
    const seconds = (performance.now() - began) / 1000;
    const text = args.json
      ? `${JSON.stringify(result, null, 2)}\n`
      : args.explain === null
        ? replayText(result, place.timezone)
        : explainText(result, place.task.devices, place.timezone);
    if (args.out === null) process.stdout.write(text);
    else await writeFile(args.out, text);
    tell(result, seconds, args.out);
  } finally {
    await place.close();
  }
}

/** Beside the output, never in it: the same log gives the same bytes. */
function tell(result: ReplayResult, seconds: number, out: string | null): void {
  const rate = Math.round(result.readings / Math.max(seconds, 0.001));
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  console.error(
    `${result.readings} readings in ${seconds.toFixed(1)} s, ${rate} a second${out ? `; written to ${out}` : ''}`,
  );
}

function progressLine(): (p: { readings: number; share: number }) => void {
  let told = 0;
  return ({ readings, share }) => {
    const now = performance.now();
    if (!process.stderr.isTTY || now - told < 500) return;
    told = now;
    process.stderr.write(`\r${Math.round(share * 100)} %, ${readings} readings`);
  };
}
