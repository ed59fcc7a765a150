#!/usr/bin/env node
// npm run compose:secrets: makes ./secrets for docker-compose.yml. Never overwrites: the servers keep the password that they
// were first started with (docs/operations.md, "Rotating secrets").
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newSecrets } from './compose/secrets.mjs';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'secrets');
if (existsSync(folder)) {
  process.stderr.write(`${folder} exists already; nothing was written.\n`);
  process.exit(1);
}
// The folder keeps others out. The files must be readable by the services' users, who see the files alone.
mkdirSync(folder, { mode: 0o700 });
for (const [name, content] of Object.entries(newSecrets())) writeFileSync(join(folder, name), content, { mode: 0o644 });
process.stdout.write(`Wrote ${folder}. Keep a copy where the backups are not.\n`);
