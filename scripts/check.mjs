#!/usr/bin/env node
// npm run check: everything that can be judged without running the program. All of it runs, all of it is reported.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './build.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tool = (path) => join(root, 'node_modules', path);
const CHECKS = [
  ['types', tool('typescript/bin/tsc'), '--noEmit'],
  ['types of the pages', tool('typescript/bin/tsc'), '--noEmit', '-p', 'web/tsconfig.json'],
  ['lint', tool('eslint/bin/eslint.js'), '--max-warnings', '0', '.'],
  ['format', tool('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'],
  [
    'layers and cycles',
    tool('dependency-cruiser/bin/dependency-cruise.mjs'),
    '--config',
    'config/dependency-cruiser.cjs',
    'src',
    'simulators',
    'bench',
  ],
  ['dead code', tool('knip/bin/knip.js')],
  ['OpenAPI drift', join(root, 'dist/src/gateway/openapi-cli.js'), '--check'],
  ['compose file and Dockerfile', join(root, 'scripts/compose-check.mjs')],
  ['detection report', join(root, 'dist/bench/detection-report.js'), '--check'],
  ['settings in docs/operations.md', join(root, 'scripts/environment-docs.mjs'), '--check'],
];

function run([name, file, ...args]) {
  const started = performance.now();
  return new Promise((resolve) => {
    let said = '';
    const child = spawn(process.execPath, [file, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
    child.once('close', (code) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      process.stdout.write(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)\n`);
      if (code !== 0) process.stdout.write(`${said.trim().replace(/^/gm, '     ')}\n`);
      resolve(code === 0);
    });
  });
}

const outcomes = [];
try {
  await ensureBuilt({ web: false });
} catch (error) {
  process.stdout.write(`FAIL build\n${error.message}\n`);
  outcomes.push(false);
}
const queue = CHECKS.filter(([, file]) => existsSync(file));
for (const [name, file] of CHECKS.filter((check) => !queue.includes(check))) {
  process.stdout.write(`FAIL ${name}: ${file} does not exist\n`);
  outcomes.push(false);
}
const worker = async () => {
  for (let check = queue.shift(); check; check = queue.shift()) outcomes.push(await run(check));
};
await Promise.all([worker(), worker()]);
const failed = outcomes.filter((good) => !good).length;
process.stdout.write(`${outcomes.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed ? 1 : 0;
