import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DomainError } from '../kernel/domain-error.js';
import { loadEnvironment } from './environment.js';

const complaintAbout = (env: Record<string, string>): string => {
  try {
    loadEnvironment(env);
  } catch (error) {
    expect(error).toBeInstanceOf(DomainError);
    return (error as DomainError).message;
  }
  throw new Error('this configuration was accepted');
};

describe('the environment', () => {
  it('needs no key at all', () => {
    const { environment, warnings } = loadEnvironment({ PATH: '/usr/bin' });
    expect(environment.http.port).toBe(3000);
    expect(environment.mqtt.port).toBe(1883);
    expect(environment.database.url).toBeUndefined();
    expect(environment.dataDir).toBe(`${process.cwd()}/data`);
    expect(warnings).toEqual([]);
  });

  it('names every bad key in one error, with what it holds', () => {
    const message = complaintAbout({
      STEWARD_HTTP_PORT: '80a',
      STEWARD_MQTT_PORT: '70000',
      STEWARD_BATCH_ROWS: '0',
      STEWARD_LOG_LEVEL: 'loud',
    });
    for (const key of ['STEWARD_HTTP_PORT', 'STEWARD_MQTT_PORT', 'STEWARD_BATCH_ROWS', 'STEWARD_LOG_LEVEL']) {
      expect(message).toContain(key);
    }
    expect(message).toContain('"80a"');
  });

  it('never shows a connection string, which holds a password', () => {
    const message = complaintAbout({ DATABASE_URL: 'mysql://steward:hunter2@db/steward' });
    expect(message).toContain('DATABASE_URL');
    expect(message).not.toContain('hunter2');
  });

  it('takes an empty value as not set', () => {
    expect(loadEnvironment({ STEWARD_HTTP_PORT: '', DATABASE_URL: ' ' }).environment.http.port).toBe(3000);
  });

  it('makes paths absolute, so that a later change of folder moves nothing', () => {
    expect(loadEnvironment({ STEWARD_DATA_DIR: 'here' }).environment.dataDir).toBe(`${process.cwd()}/here`);
  });

  it('warns of a key that it does not know and says which one was probably meant', () => {
    const { warnings } = loadEnvironment({ STEWARD_HTP_PORT: '8080', STEWARD_COLOUR_OF_THE_MOON: 'red', OTHER: 'x' });
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain('STEWARD_HTTP_PORT');
    expect(warnings[1]).not.toContain('did you mean');
  });
});

describe('a setting in a file of its own', () => {
  let folder: string;
  const file = (text: string): string => {
    const path = join(folder, 'secret');
    writeFileSync(path, text);
    return path;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'steward-secret-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is taken from there without the line end', () => {
    const { environment, warnings } = loadEnvironment({
      DATABASE_URL_FILE: file('postgres://steward:pass word%20@db/steward\r\n'),
    });
    expect(environment.database.url).toBe('postgres://steward:pass word%20@db/steward');
    expect(warnings).toEqual([]);
  });

  it('is refused beside the setting itself', () => {
    const message = complaintAbout({ STEWARD_HTTP_PORT: '80', STEWARD_HTTP_PORT_FILE: file('81') });
    expect(message).toMatch(/STEWARD_HTTP_PORT_FILE.*give one of the two/);
  });

  it('names the key whose file cannot be read or is empty', () => {
    const message = complaintAbout({ DATABASE_URL_FILE: join(folder, 'absent'), STEWARD_BATCH_MS_FILE: file('\n') });
    expect(message).toMatch(/DATABASE_URL_FILE: .*ENOENT/);
    expect(message).toMatch(/STEWARD_BATCH_MS_FILE: .*empty/);
  });

  it('never shows what such a file holds', () => {
    const message = complaintAbout({ STEWARD_HTTP_PORT_FILE: file('hunter2') });
    expect(message).toContain('STEWARD_HTTP_PORT');
    expect(message).not.toContain('hunter2');
  });

  it('leaves settings alone that are the path of a file themselves', () => {
    expect(loadEnvironment({ STEWARD_ESTATE_FILE: '/etc/estate.yaml' }).environment.estateFile).toBe(
      '/etc/estate.yaml',
    );
    expect(loadEnvironment({ STEWARD_ESTATE_FILE_FILE: 'x' }).warnings).toHaveLength(1);
  });
});
