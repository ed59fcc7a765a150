#!/usr/bin/env node
// node scripts/run.mjs MODULE [args]: builds what changed, then runs dist/MODULE in this process.
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureBuilt } from './build.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const module = process.argv[2];
if (!module) {
  process.stderr.write('usage: node scripts/run.mjs MODULE [args]\n');
  process.exit(2);
}
try {
  await ensureBuilt({ web: false });
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
const file = join(root, 'dist', module);
process.argv.splice(1, 2, file); // the module sees its own arguments from index 2, as if run directly
await import(pathToFileURL(file).href);
