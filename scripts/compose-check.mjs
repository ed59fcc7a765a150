#!/usr/bin/env node
// npm run compose:check [-- FOLDER]: docker-compose.yml by the compose specification and our own rules, the Dockerfile by a
// linter and ours; where Docker's own tool is installed, it reads the file too.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { ensureBuilt } from './build.mjs';
import { checkCompose } from './compose/check-compose.mjs';
import { checkDockerfile } from './compose/check-dockerfile.mjs';
import { newSecrets } from './compose/secrets.mjs';
import { SERVICE_NODE_OPTIONS } from './node-options.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = resolve(process.argv[2] ?? root);

/** @returns what Docker's own tool says against the file, or null when it is content or not there */
function dockersWord() {
  const file = join(folder, 'docker-compose.yml');
  for (const command of [['docker', 'compose'], ['docker-compose']]) {
    const [program, ...args] = command;
    if (spawnSync(program, [...args, 'version'], { stdio: 'ignore' }).status !== 0) continue;
    const all = ['--profile', 'production', '--profile', 'embedded'];
    const { status, stderr } = spawnSync(program, [...args, '-f', file, ...all, 'config', '--quiet'], {
      encoding: 'utf8',
    });
    return status === 0 ? null : `${command.join(' ')} config: ${stderr.trim()}`;
  }
  return null;
}

async function main() {
  await ensureBuilt({ web: false });
  const dist = (module) => import(pathToFileURL(join(root, 'dist/src/config', module)).href);
  const { KEYS } = await dist('environment.js');
  const { fileKeysOf, isSecretKey } = await dist('secret-files.js');
  const keys = Object.keys(KEYS.shape);
  const settings = [...keys, ...fileKeysOf(keys).keys()];
  const compose = parse(readFileSync(join(folder, 'docker-compose.yml'), 'utf8'), { merge: true });
  const facts = { folder, settings, secrets: Object.keys(newSecrets()), isSecretKey };
  const wrong = checkCompose(compose, facts).map((text) => `docker-compose.yml: ${text}`);
  const targets = Object.values(compose.services ?? {}).flatMap(({ build }) => build?.target ?? []);
  const dockerfile = readFileSync(join(folder, 'Dockerfile'), 'utf8');
  wrong.push(...checkDockerfile(dockerfile, targets).map((text) => `Dockerfile: ${text}`));
  const started = dockerfile.split('\n').find((line) => line.startsWith('CMD') && line.includes('main.js')) ?? '';
  for (const option of SERVICE_NODE_OPTIONS)
    if (!started.includes(`"${option}"`)) wrong.push(`Dockerfile: CMD lacks ${option}, with which npm start starts it`);
  const word = dockersWord();
  if (word) wrong.push(word);
  for (const text of wrong) process.stderr.write(`${text}\n`);
  if (wrong.length > 0) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
