import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DomainError } from '../kernel/domain-error.js';
import { openDataFolder } from './data-folder.js';
import { startOf } from './process-table.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steward-folder-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the data folder', () => {
  it('lets the database user pass through and nobody look inside', async () => {
    const data = await openDataFolder(join(folder, 'new', 'data'));
    expect((await stat(data.path)).mode & 0o777).toBe(0o711);
    for (const name of ['run', 'secrets', 'log']) expect((await stat(data.file(name))).mode & 0o077).toBe(0);
    await data.release();
  });

  it('opens a private temporary folder for the database user', async () => {
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    const data = await openDataFolder(folder);
    expect((await stat(folder)).mode & 0o777).toBe(0o711);
    await data.release();
  });

  it('is held by one copy at a time, and the refusal names the process, the folder and the way out', async () => {
    const first = await openDataFolder(folder);
    const refusal: unknown = await openDataFolder(folder).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DomainError);
    const { message, code } = refusal as DomainError;
    expect(code).toBe('conflict');
    for (const part of [String(process.pid), folder, 'STEWARD_DATA_DIR']) expect(message).toContain(part);
    await first.release();
    await (await openDataFolder(folder)).release();
  });

  it('recovers the lock of a copy that was killed', async () => {
    const child = spawn('sleep', ['60']);
    const pid = child.pid ?? 0;
    const start = startOf(pid);
    expect(start).not.toBeNull();
    await writeFile(join(folder, 'lock'), JSON.stringify({ pid, start }));
    await expect(openDataFolder(folder)).rejects.toThrow(String(pid));
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    await (await openDataFolder(folder)).release();
  });

  it('is not fooled by another process that was given the dead one’s id', async () => {
    await writeFile(join(folder, 'lock'), JSON.stringify({ pid: process.ppid, start: 'some earlier boot' }));
    await (await openDataFolder(folder)).release();
  });

  it.each(['', '{"pid":', '[]', 'null', '{"pid":"1","start":1}'])(
    'recovers a lock cut short by a power failure: %j',
    async (text) => {
      await writeFile(join(folder, 'lock'), text);
      await (await openDataFolder(folder)).release();
    },
  );

  it('is taken by exactly one of many copies that find a stale lock at once', async () => {
    for (let round = 0; round < 20; round++) {
      await writeFile(join(folder, 'lock'), JSON.stringify({ pid: 999_999_999, start: 'gone' }));
      const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => openDataFolder(folder)));
      const winners = attempts.filter((attempt) => attempt.status === 'fulfilled');
      expect(winners).toHaveLength(1);
      await winners[0]?.value.release();
      expect((await readdir(folder)).filter((name) => name.startsWith('lock'))).toEqual([]);
    }
  });

  it('keeps a secret from its first use on, for its owner alone', async () => {
    const data = await openDataFolder(folder);
    expect(await data.secret('token', () => 'first')).toBe('first');
    expect(await data.secret('token', () => 'second')).toBe('first');
    expect((await stat(data.file('secrets', 'token'))).mode & 0o777).toBe(0o600);
    expect(await readFile(data.file('secrets', 'token'), 'utf8')).toBe('first');
    await data.release();
  });

  it('says in words that a folder cannot be used', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(openDataFolder(join(folder, 'file', 'data'))).rejects.toThrow('STEWARD_DATA_DIR');
  });
});
