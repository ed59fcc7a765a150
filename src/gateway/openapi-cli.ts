import 'reflect-metadata';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { API_CONTROLLERS } from './openapi-controllers.js';
import { openApiDocumentOf } from './openapi.js';

/*
 * `--write` makes docs/openapi.json, `--check` fails when it is not what the code says (a reviewer sees every change
 * of the interface as a change of that file). From the project's root.
 */
const file = resolve('docs/openapi.json');
const mode = process.argv[2];
const now = `${JSON.stringify(await openApiDocumentOf(API_CONTROLLERS), null, 2)}\n`;

if (mode === '--write') {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, now);
} else if (mode === '--check') {
  const kept = await readFile(file, 'utf8').catch(() => '');
  if (kept !== now) {
    const drift = firstDifference(kept.split('\n'), now.split('\n'));
    process.stderr.write(`docs/openapi.json is not what the code says, from line ${drift} on; write it anew:\n`);
    process.stderr.write('  node scripts/run.mjs src/gateway/openapi-cli.js --write\n');
    process.exitCode = 1;
  }
} else {
  process.stderr.write('usage: openapi-cli --check | --write\n');
  process.exitCode = 2;
}

/** Number of the first line that differs, from 1. */
function firstDifference(a: string[], b: string[]): number {
  const at = b.findIndex((line, i) => line !== a[i]);
  return (at === -1 ? b.length : at) + 1;
}
