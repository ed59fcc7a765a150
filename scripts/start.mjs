#!/usr/bin/env node
// npm start: the service alone, without demo data and simulators.
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureBuilt } from './build.mjs';

try {
  await ensureBuilt();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.setSourceMapsEnabled(true);
process.argv[1] = join(root, 'dist/src/main.js');
await import(pathToFileURL(process.argv[1]).href);
