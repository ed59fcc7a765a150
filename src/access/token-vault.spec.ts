import { describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, stat } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareDataFolder } from '../platform/data-folder.js';
import { openTokenVault, TokenVault } from './token-vault.js';

describe('A sealed token', () => {
  const vault = new TokenVault(randomBytes(32));

  it('opens for its device and is never the same text twice', () => {
    const [a, b] = [vault.seal('lift-1', 'the token'), vault.seal('lift-1', 'the token')];
    expect(vault.open('lift-1', a)).toBe('the token');
    expect(a.sealed).not.toBe(b.sealed);
    expect(Buffer.from(a.sealed, 'base64').toString('latin1')).not.toContain('the token');
  });

  it('does not open for another device, changed, cut short or with another key', () => {
    const sealed = vault.seal('lift-1', 'the token');
    const bytes = Buffer.from(sealed.sealed, 'base64');
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    expect(vault.open('lift-2', sealed)).toBeNull();
    expect(vault.open('lift-1', { ...sealed, sealed: bytes.toString('base64') })).toBeNull();
    expect(vault.open('lift-1', { ...sealed, sealed: 'AAAA' })).toBeNull();
    expect(new TokenVault(randomBytes(32)).open('lift-1', sealed)).toBeNull();
  });
});

describe('The key', () => {
  it('is taken as base64 or as hex, and is the same key', async () => {
    const key = randomBytes(32);
    const ids = await Promise.all([
      openTokenVault(key.toString('base64'), '/nowhere'),
      openTokenVault(key.toString('hex'), '/nowhere'),
    ]);
    expect(new Set(ids.map((v) => v.keyId)).size).toBe(1);
  });

  it('is made once in the data folder, for its owner alone', async () => {
    const folder = await prepareDataFolder(await mkdtemp(join(tmpdir(), 'steward-key-')));
    const [first, second] = [await openTokenVault(undefined, folder), await openTokenVault(undefined, folder)];
    expect(second.keyId).toBe(first.keyId);
    const [name] = await readdir(join(folder, 'secrets'));
    expect((await stat(join(folder, 'secrets', String(name)))).mode & 0o777).toBe(0o600);
  });

  it('that is too short is refused with the way out, without showing it', async () => {
    await expect(openTokenVault('c2VjcmV0', '/nowhere')).rejects.toThrow(/openssl rand -base64 32/);
    await expect(openTokenVault('c2VjcmV0', '/nowhere')).rejects.not.toThrow(/c2VjcmV0/);
  });
});
