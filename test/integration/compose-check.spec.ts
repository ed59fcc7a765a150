import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

jest.setTimeout(120_000);

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FILES = ['docker-compose.yml', 'Dockerfile', 'config'];

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steward-compose-'));
  for (const file of FILES) await cp(join(ROOT, file), join(folder, file), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function check(): { code: number | null; said: string } {
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts/compose-check.mjs'), folder], {
    encoding: 'utf8',
  });
  return { code: status, said: stderr };
}

async function change(file: string, from: string, to: string): Promise<void> {
  const path = join(folder, file);
  const text = await readFile(path, 'utf8');
  expect(text).toContain(from);
  await writeFile(path, text.replace(from, to));
}

describe('the check of docker-compose.yml and the Dockerfile', () => {
  it('is content with those of the project', () => {
    expect(check()).toMatchObject({ code: 0 });
  });

  it.each([
    ['a word that the specification does not have', 'restart: unless-stopped', 'restarts: always', /restarts/],
    ['a value that the specification does not take', 'retries: 24', 'retries: { many: 1 }', /healthcheck\/retries/],
    ['an image that may be another one tomorrow', 'redis:7.2.7-bookworm', 'redis:latest', /redis: .*not pinned/],
    ['a setting that the program does not have', 'STEWARD_LOG_LEVEL:', 'STEWARD_LOG_LVEL:', /STEWARD_LOG_LVEL is not/],
    [
      'a password in the file',
      'DATABASE_URL_FILE: /run/secrets/database_url',
      'DATABASE_URL: postgres://steward:hunter2@database/steward',
      /DATABASE_URL is written into the file/,
    ],
    ['a mount that leads nowhere', './config/mosquitto/mosquitto.conf', './config/mosquito.conf', /does not exist/],
    [
      'a wait for nobody',
      '      influx:\n        condition',
      '      inflix:\n        condition',
      /depends on "inflix"/,
    ],
    ['a secret that is not handed over', 'secrets: [redis_password]', 'secrets: []', /redis: reads the secret/],
    [
      'a secret that nobody makes',
      'file: ./secrets/mqtt_url',
      'file: ./secrets/mqtt_address',
      /compose:secrets does not/,
    ],
    ['a volume that is not declared', '- redis:/data', '- rdeis:/data', /"rdeis" is not among/],
    ['a service that keeps its capabilities', 'cap_drop:\n    - ALL', 'cap_drop:\n    - NET_RAW', /keeps capabilities/],
    ['a service without limits', 'memory: 512M', 'memory: ""', /redis: has no memory/],
  ])('refuses %s', async (_, from, to, complaint) => {
    await change('docker-compose.yml', from, to);
    const { code, said } = check();
    expect(said).toMatch(complaint);
    expect(code).toBe(1);
  });

  it.each([
    ['a word that there is not', 'WORKDIR /srv', 'WORKDRI /srv', /Unknown instruction/i],
    ['a base image that is not pinned', 'node:20.20.2-bookworm-slim', 'node:lts', /"node:lts" is not pinned/],
    ['root', 'USER node', 'USER root', /runs as root/],
    ['what is fetched from the web', 'COPY config config', 'ADD https://example.org/x config', /ADD also fetches/],
    ['a secret in the image', 'ENV NODE_ENV=production', 'ENV MQTT_PASSWORD=x NODE_ENV=production', /MQTT_PASSWORD/],
    ['an image that does not say how it is', 'HEALTHCHECK --interval', 'LABEL x=y #', /no HEALTHCHECK/],
    ['a stage that compose asks for and is not there', 'AS embedded', 'AS embeded', /no stage "embedded"/],
  ])('refuses a Dockerfile with %s', async (_, from, to, complaint) => {
    await change('Dockerfile', from, to);
    const { code, said } = check();
    expect(said).toMatch(complaint);
    expect(code).toBe(1);
  });
});
