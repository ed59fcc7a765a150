#!/usr/bin/env node
// npm test [-- SUITE …]: gets what the tests need, builds, runs every suite and says what ran. STEWARD_LONG=1: the long variants.
// Suites run one after the other. Those that kill processes or look at pages do so one file at a time, for they measure how
// long things take; of the others, which wait for servers most of the time, two files run side by side.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { findChromium, provide } from './test/requirements.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const SUITES = ['unit', 'contracts', 'integration', 'scenarios', 'browser', 'chaos'];
const IN_BAND = ['contracts', 'browser', 'chaos'];
const asked = process.argv.slice(2);
const strangers = asked.filter((name) => !SUITES.includes(name));
const suites = asked.length ? SUITES.filter((name) => asked.includes(name)) : SUITES;
const results = mkdtempSync(join(tmpdir(), 'steward-test-'));
const say = (text) => process.stdout.write(`${text}\n`);

function giveUp(message) {
  say(`\n${message}\n0 passed, 1 failed`);
  process.exit(1);
}

if (strangers.length) giveUp(`There is no suite ${strangers.join(', ')}; there are ${SUITES.join(', ')}.`);
const problem = provide(suites);
if (problem) giveUp(problem);
try {
  await ensureBuilt();
} catch (error) {
  giveUp(error.message);
}

function run(suite) {
  const file = join(results, `${suite}.json`);
  const started = performance.now();
  say(`\n── ${suite} ${'─'.repeat(70 - suite.length)}`);
  const args = ['--experimental-vm-modules', '--no-warnings', join(root, 'node_modules/jest/bin/jest.js')];
  args.push(`--selectProjects=${suite}`, '--json', `--outputFile=${file}`, '--verbose=false');
  // A test that failed half-way may leave a server's connection open: that must not keep the whole run from its end.
  if (suite !== 'unit') args.push('--forceExit');
  if (IN_BAND.includes(suite)) args.push('--runInBand');
  else if (suite !== 'unit') args.push('--maxWorkers=2');
  const env = {
    ...process.env,
    // Where test databases are copied from.
    STEWARD_TEST_TEMPLATES: results,
    FORCE_COLOR: process.env.FORCE_COLOR ?? (process.stdout.isTTY ? '1' : '0'),
  };
  const chromium = suites.includes('browser') ? findChromium() : null;
  if (chromium) env.STEWARD_CHROMIUM = chromium;
  // With --json, standard output holds the report a second time; what a person reads is on standard error.
  const { status } = spawnSync(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] });
  const seconds = Math.round((performance.now() - started) / 1000);
  return { suite, seconds, ...count(file, status) };
}

/** A file that does not even load is a failure, and so is a suite in which nothing ran. */
function count(file, status) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0, note: 'did not run' };
  }
  const passed = report.numPassedTests;
  const skipped = report.numPendingTests + report.numTodoTests;
  let failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  if (failed === 0 && (status !== 0 || passed === 0)) failed = 1;
  return { passed, failed, skipped, note: passed + failed + skipped === failed && passed === 0 ? 'nothing ran' : '' };
}

const outcome = suites.map(run);
rmSync(results, { recursive: true, force: true });
say('\nsuite         passed  failed  skipped  seconds');
for (const { suite, passed, failed, skipped, seconds, note } of outcome) {
  const columns = [passed, failed, skipped, seconds].map((n, i) => String(n).padStart([6, 8, 9, 9][i]));
  say(`${suite.padEnd(14)}${columns.join('')}  ${note}`.trimEnd());
}
const sum = (key) => outcome.reduce((n, suite) => n + suite[key], 0);
say(`\n${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') > 0 ? 1 : 0;
